import copy
import pickle
import shelve


class Node:
    def __init__(self, value, rest=None):
        self.value, self.rest = value, rest


chain = Node(1, Node(2))
again = pickle.loads(pickle.dumps(chain))
print(again.rest.value, type(again) is Node, Node.__module__, copy.deepcopy(chain).rest.value)
with shelve.open("shelf") as shelf:
    shelf["a"] = chain
with shelve.open("shelf") as shelf:
    print(shelf["a"].value)
