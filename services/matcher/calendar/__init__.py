"""Working days in mainland China: weekends, public holidays and make-up days, as far as they are published."""
