r"""Mathematics over figures: a problem, its images, and an answer in `\boxed{}`.

`math:Geometry3K` is a public training set, once it is here. The observation is a dict as vision models take it:

    env = MathVisualEnv(dataset=[{"problem": "How long is AB?", "images": ["figures/1.png"], "answer": "12"}])
    env.reset()[0]         # {"problem": "How long is AB? …", "images": [<PIL image>]}

It is graded as `MathEnv` grades.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from gem._extras import need
from gem.envs.math_env import INSTRUCTION, MathEnv
from gem.errors import DataError


class MathVisualEnv(MathEnv):
    """One problem of a data set with its images, and one answer.

    `image_key` names a column with one image or several: images of Pillow, the bytes of files, their paths, or the
    dicts of `bytes` and `path` that the Hugging Face hub stores. Paths are relative to the row's data file, else to
    the working directory. All else is as in `MathEnv`.

    Raises `DataError` for an image that cannot be read, or is beyond Pillow's `MAX_IMAGE_PIXELS` twice over, with its
    row; and `MissingExtra` without Pillow.
    """

    image_key: str = "images"

    def __init__(
        self,
        dataset_name: str = "",
        split: str | None = None,
        dataset: Any = None,
        image_key: str = "images",
        question_key: str = "problem",
        answer_key: str = "answer",
        use_format_error_reward: bool = False,
        seed: int | None = 0,
        use_mp: bool = True,
        eval: bool = False,
        *,
        subset: str | None = None,
        instruction: str = INSTRUCTION,
    ) -> None:
        super().__init__(
            dataset_name,
            split,
            dataset,
            question_key,
            answer_key,
            use_format_error_reward,
            seed,
            use_mp,
            eval,
            subset=subset,
            instruction=instruction,
        )
        need("PIL.Image", extra="vision")
        self.image_key = image_key

    def _question(self) -> dict[str, Any]:
        problem, (found,) = super()._question(), self.dataset.read(self.idx, self.image_key)
        folder = self.dataset.folder(self.idx) or Path()
        try:
            return {"problem": problem, "images": list(images_in(found, folder))}
        except DataError as error:
            raise DataError(f"{self.dataset.place(self.idx)}: {error}") from error


def images_in(found: Any, folder: Path) -> Iterator[Any]:
    """The images that a row's value holds, one or several, unpacked. Raises `DataError` for what is none."""
    if hasattr(found, "tolist"):  # of numpy
        found = found.tolist()
    if isinstance(found, list | tuple):
        for number, one in enumerate(cast("Iterable[Any]", found), 1):
            try:
                yield from images_in(one, folder)
            except DataError as error:
                raise DataError(f"image {number}: {error}") from error
    elif found is not None:
        yield _image(found, folder)


def _image(found: Any, folder: Path) -> Any:
    """The image behind its bytes, its path, a dict of either, or itself: the caller's own, with all its pixels."""
    pillow = need("PIL.Image", extra="vision")
    if isinstance(found, Mapping):
        fields = cast("Mapping[str, Any]", found)
        found = fields.get("bytes") or fields.get("path")
    if isinstance(found, str | Path):
        found = _file(Path(found), folder)
    if not isinstance(found, bytes | bytearray | pillow.Image):
        raise DataError(f"no image is a {type(found).__name__}: give bytes, a path, or an image of Pillow")
    try:
        return (pillow.open(BytesIO(found)) if isinstance(found, bytes | bytearray) else found).copy()
    except Exception as error:  # of a broken file, each of Pillow's formats raises what it likes
        raise DataError(f"no image can be read: {error}") from error


def _file(path: Path, folder: Path) -> bytes:
    try:
        return (folder / path if (folder / path).is_file() else path).read_bytes()
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
