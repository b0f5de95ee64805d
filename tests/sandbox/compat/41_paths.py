from pathlib import Path

folder = Path("a/b")
folder.mkdir(parents=True)
(folder / "c.txt").write_text("text", encoding="utf-8")
print(sorted(path.as_posix() for path in Path("a").rglob("*")), (folder / "c.txt").read_text())
print(Path("x.tar.gz").suffixes)
(folder / "c.txt").unlink()
print(Path("a/b/c.txt").exists(), Path("~").expanduser() != Path("~"), Path(__file__).name)
