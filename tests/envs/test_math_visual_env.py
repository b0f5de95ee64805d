"""math:Geometry3K: images in every form that data sets have them, and no problem skipped."""

import io
import json

import numpy as np
import pytest

import gem
from gem import data
from gem.checking import check_env
from gem.constants import TERMINAL_STATE
from gem.envs.math_env import INSTRUCTION
from gem.envs.math_visual_env import MathVisualEnv
from gem.errors import DataError
from gem.snapshot import Snapshot

Image = pytest.importorskip("PIL.Image")
pytest.importorskip("math_verify")


def image(shade=0, size=(3, 2)):
    return Image.new("L", size, shade)


def packed(picture, form="PNG"):
    file = io.BytesIO()
    picture.save(file, form)
    return file.getvalue()


ROWS = [
    {"problem": f"<image>How dark is {shade}?", "images": [packed(image(shade))], "answer": shade} for shade in range(8)
]


def shades(env, resets):
    return [env.reset()[0]["images"][0].getpixel((0, 0)) for _ in range(resets)]


def test_the_observation_has_the_problem_and_its_images():
    env = MathVisualEnv(dataset=ROWS)
    obs, info = env.reset(idx=5)
    assert obs == env.first_obs == {"problem": f"<image>How dark is 5?\n\n{INSTRUCTION}", "images": [image(5)]}
    assert info == {"idx": 5}


def test_defect_12_an_answer_is_graded():
    env = MathVisualEnv(dataset=ROWS)
    env.reset(idx=5)
    assert env.step("\\boxed{5}") == (
        TERMINAL_STATE, 1.0, True, False, {"correct": True, "success": True, "verdict": "correct"}
    )  # fmt: skip
    env.reset(idx=5)
    assert env.step("5").reward == 0.0
    env = MathVisualEnv(dataset=ROWS, use_format_error_reward=True)
    env.reset()
    assert env.step("5").reward == -0.1


def test_defect_12_no_problem_is_skipped():
    assert shades(MathVisualEnv(dataset=ROWS, eval=True), 9) == [*range(8), 0]
    assert sorted(shades(MathVisualEnv(dataset=ROWS, seed=3), 8)) == list(range(8))


@pytest.mark.parametrize(
    "found",
    [
        image(7), packed(image(7)), bytearray(packed(image(7))), {"bytes": packed(image(7)), "path": "gone.png"},
        {"bytes": None, "path": "7.png"}, "7.png", [image(7)], (image(7),), [{"bytes": packed(image(7))}],
        packed(image(7), "TIFF"),
    ],
    ids=["Pillow's", "bytes", "bytearray", "struct", "struct with path", "path", "list", "tuple", "structs", "TIFF"],
)  # fmt: skip
def test_an_image_comes_in_many_forms(found, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    image(7).save("7.png")
    obs, _ = MathVisualEnv(dataset=[{**ROWS[0], "images": found}]).reset()
    assert [one.getpixel((0, 0)) for one in obs["images"]] == [7]


def test_a_row_may_have_many_images_or_none():
    for found, count in (([image(), packed(image())], 2), ([], 0), (None, 0)):
        assert len(MathVisualEnv(dataset=[{**ROWS[0], "images": found}]).reset()[0]["images"]) == count
    array = np.array([packed(image(1)), packed(image(2))], dtype=object)
    assert len(MathVisualEnv(dataset=[{**ROWS[0], "images": array}]).reset()[0]["images"]) == 2


def test_paths_are_relative_to_the_data_file(tmp_path):
    (tmp_path / "figures").mkdir()
    image(9).save(tmp_path / "figures/9.png")
    row = {"problem": "How dark?", "figure": "figures/9.png", "answer": "9"}
    (tmp_path / "train.jsonl").write_text(json.dumps(row))
    env = MathVisualEnv(dataset=data.load(tmp_path / "train.jsonl"), image_key="figure")
    assert shades(env, 1) == [9]


def test_paths_are_relative_to_the_data_file_of_their_row_in_any_order_and_shard(tmp_path):
    for shade in range(2):
        image(shade).save(tmp_path / f"{shade}.png")
        row = {"problem": "How dark?", "images": f"{shade}.png", "answer": shade}
        (tmp_path / f"train-0000{shade}-of-00002.jsonl").write_text(json.dumps(row))
    shards = data.load(tmp_path, "train")
    for rows in (shards, shards.shuffle(0), shards[::-1].shuffle(1)):
        assert sorted(shades(MathVisualEnv(dataset=rows), 2)) == [0, 1]


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (b"no image", "no image can be read"), (packed(image(size=(64, 64)))[:60], "no image can be read"),
        (b"", "no image"), ("gone.png", "gone.png cannot be read"), ({"bytes": None, "path": None}, "NoneType"),
        ({}, "NoneType"), (3.5, "no image is a float"), ([image(), b"x"], "image 2: no image"), ("\x00", "cannot be"),
    ],
    ids=["text", "half", "empty", "gone", "null", "no struct", "number", "one of two", "no path"],
)  # fmt: skip
def test_an_image_that_cannot_be_read_is_named_with_its_row(found, why):
    env = MathVisualEnv(dataset=[*ROWS, {**ROWS[0], "images": found}])
    with pytest.raises(DataError, match=f"row 8 of the list: .*{why}"):
        env.reset(idx=8)


def test_an_image_that_claims_to_be_huge_is_refused(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 2)
    with pytest.raises(DataError, match="row 0 of the list: image 1: no image can be read: Image size"):
        MathVisualEnv(dataset=ROWS, eval=True).reset()


def test_an_observation_is_the_caller_s_own():
    shown = image(3)
    env = MathVisualEnv(dataset=[{**ROWS[0], "images": [shown]}])
    env.reset()[0]["images"][0].putpixel((0, 0), 99)
    assert shown == env.first_obs["images"][0] == image(3)


def test_a_row_without_images_says_which_it_is():
    with pytest.raises(DataError, match=r"row 0 of the list has no 'images'. Did you mean 'image'"):
        MathVisualEnv(dataset=[{"problem": "", "image": image(), "answer": 1}]).reset()


def test_moments_hold_no_pixels():
    env = MathVisualEnv(dataset=ROWS, seed=3)
    first = env.reset()[0]
    text = env.snapshot().to_json()
    assert len(text) < 700
    twin = env.fork()
    env.reset()
    env.restore(Snapshot.from_json(text))
    assert env.first_obs == twin.first_obs == first
    assert twin.step(twin.solve()).reward == env.step(env.solve()).reward == 1.0


def test_a_vector_gives_each_env_its_own_observation():
    kwargs = [{"dataset": ROWS, "split": None}] * 2
    vec = gem.make_vec(["math:Geometry3K"] * 2, vec_kwargs=kwargs, seed=3)
    obs, _ = vec.reset(env0_kwargs={"idx": 1}, env1_kwargs={"idx": 2})
    assert [one["images"][0].getpixel((0, 0)) for one in obs] == [1, 2]
    _, rewards, *_ = vec.step(["\\boxed{1}", "\\boxed{1}"])
    assert list(rewards) == [1.0, 0.0]
    vec.close()


@pytest.mark.slow
def test_a_data_set_keeps_the_promises():
    check_env(MathVisualEnv(dataset=ROWS), seeds=(0, -7), max_steps=5)
