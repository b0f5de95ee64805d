from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Colour(Enum):
    RED = auto()
    BLUE = auto()


class Point(NamedTuple):
    x: int
    y: int = 0


class Shape(ABC):
    @abstractmethod
    def area(self): ...


@dataclass(order=True)
class Square(Shape, Generic[T]):
    side: int
    tags: list[T] = field(default_factory=list)

    def area(self):
        return self.side**2


print(Colour.RED, list(Colour), Point(1), Square(3), Square(2) < Square(3), Square(3).area())
try:
    Shape()
except TypeError as error:
    print(error)
