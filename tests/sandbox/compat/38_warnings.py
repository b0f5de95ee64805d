import warnings

warnings.warn("careful", UserWarning, stacklevel=1)
with warnings.catch_warnings():
    warnings.simplefilter("error")
    try:
        warnings.warn("now an error", stacklevel=1)
    except UserWarning as error:
        print("raised", error)
