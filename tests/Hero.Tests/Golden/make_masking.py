#!/usr/bin/env python3
"""Writes masking.json: what masks do to losses, metrics and layers by Keras' formulas (losses/loss.py apply_mask, BatchNormalization._moments,
GlobalAveragePooling1D.call, Softmax.call), in PyTorch's float64, gradients by its autograd.

Usage: python3 make_masking.py
"""
import json
import os

import torch

torch.set_default_dtype(torch.float64)
GENERATOR = torch.Generator().manual_seed(20261122)


def rand(*shape):
    return (torch.rand(*shape, generator=GENERATOR) * 2 - 1).mul(1000).round().div(1000)


def tensor(x):
    return {"shape": list(x.shape), "data": [float(f"{v:.9g}") for v in x.detach().double().reshape(-1).tolist()]}


def keras_mean(losses, mask, weights=None):
    """Keras: the mask's ones become total / valid, times the weights, and the sum is divided by the number of losses."""
    mask = mask.double()
    valid = mask.sum()
    weight = mask * (mask.numel() / valid if valid > 0 else 0.0)
    return (losses * (weight if weights is None else weight * weights)).sum() / losses.numel()


def steps(counts, features):
    """Sequences whose masked steps are 0."""
    mask = torch.tensor(counts, dtype=torch.bool)
    return mask, rand(*mask.shape, features) * mask.unsqueeze(-1)


COUNTS = [[1, 1, 0, 1], [0, 1, 0, 0], [1, 1, 1, 1]]


def network(counts, kind, weighted):
    """Masking, then Dense, then the loss over the steps that count."""
    mask, x = steps(counts, 3)
    outputs = 1 if kind == "mean_squared_error" else 4
    kernel, bias = rand(3, outputs).requires_grad_(), rand(outputs).requires_grad_()
    weights = rand(*mask.shape).abs() if weighted else None
    y = x @ kernel + bias
    if kind == "mean_squared_error":
        target = rand(*mask.shape, 1)
        losses, values = (y - target).square().mean(-1), (y - target).square().mean(-1)
    else:
        classes = torch.randint(0, outputs, mask.shape, generator=GENERATOR)
        target = torch.nn.functional.one_hot(classes, outputs).double()
        losses = -(target * torch.log_softmax(y, -1)).sum(-1)
        values = (y.argmax(-1) == classes).double()
    loss = keras_mean(losses, mask, weights)
    loss.backward()
    # Keras' Mean: what counts, and by how much, in numerator and denominator.
    scale = mask.double() if weights is None else mask.double() * weights
    metric = lambda by: (values * by).sum() / by.sum() if by.sum() > 0 else torch.tensor(0.0)
    return {"x": tensor(x), "kernel": tensor(kernel), "bias": tensor(bias), "y": tensor(target), "weights": None if weights is None else tensor(weights),
            "loss": tensor(loss), "metric": tensor(metric(mask.double())), "weightedMetric": tensor(metric(scale)),
            "kernelGradient": tensor(kernel.grad), "biasGradient": tensor(bias.grad)}


def batch_normalization():
    mask, x = steps(COUNTS, 3)
    x = x.requires_grad_()
    gamma, beta, momentum, epsilon = rand(3).requires_grad_(), rand(3).requires_grad_(), 0.9, 1e-3
    w = mask.double().unsqueeze(-1)
    total = w.sum() + 1e-7
    mean = (w * x).sum((0, 1)) / total
    variance = (w * (w * x - mean).square()).sum((0, 1)) / total
    y = (x - mean) / (variance + epsilon).sqrt() * gamma + beta
    direction = rand(*y.shape)
    (y * direction).sum().backward()
    return {"x": tensor(x), "mask": tensor(mask), "gamma": tensor(gamma), "beta": tensor(beta), "output": tensor(y), "direction": tensor(direction),
            "movingMean": tensor(mean * (1 - momentum)), "movingVariance": tensor(variance * (1 - momentum) + momentum),
            "gradients": [tensor(v.grad) for v in (x, gamma, beta)]}


def pooling():
    mask, x = steps(COUNTS, 3)
    return {"x": tensor(x), "output": tensor((x * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True))}


def softmax():
    mask = torch.tensor(COUNTS + [[0, 0, 0, 0]], dtype=torch.bool)
    x = rand(*mask.shape)
    # In float32, as Keras: beside 1e9 the logits of a row without any that counts vanish.
    return {"x": tensor(x), "mask": tensor(mask), "output": tensor(torch.softmax(x.float() + (1 - mask.float()) * -1e9, -1))}


networks = {
    "crossentropy": network(COUNTS, "categorical_crossentropy", False),
    "crossentropy_weighted": network(COUNTS, "categorical_crossentropy", True),
    "mean_squared_error": network(COUNTS, "mean_squared_error", False),
    "nothing_counts": network([[0, 0], [0, 0]], "categorical_crossentropy", False),
}
layers = {"batch_normalization": batch_normalization(), "pooling": pooling(), "softmax": softmax()}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "masking.json"), "w", encoding="utf-8") as file:
    json.dump({"origin": "PyTorch " + torch.__version__ + ", make_masking.py", "networks": networks, "layers": layers}, file, separators=(",", ":"))
    file.write("\n")
