"""How the platform is, for operators, and whether what it said holds, for auditors."""
