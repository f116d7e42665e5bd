"""One file out of a form (multipart/form-data, RFC 7578), as browsers and `curl -F` send it."""

from typing import NamedTuple

from fastapi import Request
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from common.errors import FieldFault, InvalidInput, invalid
from common.fields import Line

FORM = "multipart/form-data"
FIELD = "file"
"""The form's only field."""
_MOST = 10
_NAME: TypeAdapter[str] = TypeAdapter(Line)
_POINTER = f"#/{FIELD}"


class FormFile(NamedTuple):
    """A file, and what its sender calls it, if anything."""

    content: bytes
    name: str | None


def is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM


async def file_of(request: Request) -> FormFile:
    """The file of a form that has one in its field `file`, and nothing else.

    Raises InvalidInput for any other form. The body is taken in here; whoever limits it limits what this costs.
    """
    parser = MultiPartParser(request.headers, request.stream(), max_files=_MOST, max_fields=_MOST)
    try:
        form = await parser.parse()
    except MultiPartException:
        raise _unreadable() from None
    try:
        file = _only_file(form)
        return FormFile(await file.read(), _name_of(file))
    finally:
        await form.close()


def _only_file(form: FormData) -> UploadFile:
    others = sorted({name for name in form if name != FIELD})
    if others:
        raise invalid(*(_unknown(name) for name in others))
    found = form.getlist(FIELD)
    if len(found) != 1 or not isinstance(found[0], UploadFile):
        raise invalid(
            FieldFault(
                f"send one file here, as curl -F {FIELD}=@list.xlsx does; there are {len(found)} values, or it is text",
                f"此处请上传一个文件，如 curl -F {FIELD}=@list.xlsx；现有 {len(found)} 个值，或不是文件",
                pointer=_POINTER,
            )
        )
    return found[0]


def _unknown(name: str) -> FieldFault:
    return FieldFault(
        f"there is no such field in the form; send the file as {FIELD}, and anything else as query parameters",
        f"表单没有这个字段；文件的字段名为 {FIELD}，其他内容请用查询参数",
        pointer=f"#/{name[:100]}",
    )


def _name_of(file: UploadFile) -> str | None:
    if not file.filename:
        return None
    try:
        return _NAME.validate_python(file.filename)
    except ValidationError:
        raise invalid(
            FieldFault(
                "give the file a name of 1 to 300 characters, none of them a control character",
                "文件名应为 1 至 300 个字符，不含控制字符",
                pointer=_POINTER,
            )
        ) from None


def _unreadable() -> InvalidInput:
    return invalid(
        FieldFault(
            f"the form cannot be read; send it as curl -F {FIELD}=@list.xlsx does, with a boundary in Content-Type",
            f"无法读取表单；请像 curl -F {FIELD}=@list.xlsx 那样发送，并在 Content-Type 中注明 boundary",
        )
    )
