"""Small networks in NumPy: forward, training by Adam. A network is a dict of layers, weights as [kh, kw, in, out] and [in, out]."""
import numpy as np


def new_network(shape, widths, outputs, head, rng, pooling="mean"):
    """Strided convolutions and one dense layer over pictures (`shape` h, w, c), or dense layers over rows (`shape` (n,))."""
    layers, channels = [], shape[-1]
    for width in widths:
        size = (3, 3, channels, width) if len(shape) == 3 else (channels, width)
        layers.append({"kind": "conv" if len(shape) == 3 else "dense", "w": he(rng, size), "b": np.zeros(width, np.float32), "relu": True})
        channels = width
    if len(shape) == 3:
        side = [s // 2 ** len(widths) for s in shape[:2]]
        layers.append({"kind": pooling})
        channels = channels * (side[0] * side[1] if pooling == "flatten" else 1)
    layers.append({"kind": "dense", "w": he(rng, (channels, outputs)), "b": np.zeros(outputs, np.float32), "relu": False})
    return {"shape": tuple(shape), "layers": layers, "head": head}


def he(rng, size):
    return rng.normal(0, np.sqrt(2 / np.prod(size[:-1])), size).astype(np.float32)


def columns(x):
    """3x3 windows at stride 2, padded as SAME does on even sides: [n, h/2, w/2, 9c]."""
    x = np.pad(x, ((0, 0), (0, 1), (0, 1), (0, 0)))
    h, w = x.shape[1] // 2, x.shape[2] // 2
    return np.concatenate([x[:, i:i + 2 * h:2, j:j + 2 * w:2] for i in range(3) for j in range(3)], -1)


def columns_back(d, shape):
    n, h, w, c = shape
    x = np.zeros((n, h + 1, w + 1, c), np.float32)
    for k in range(9):
        i, j = divmod(k, 3)
        x[:, i:i + h:2, j:j + w:2] += d[..., k * c:(k + 1) * c]
    return x[:, :h, :w]


def forward(net, x, keep=None):
    """Values before the head; `keep` receives the output of every layer (and what the backward pass needs)."""
    for layer in net["layers"]:
        given = x
        if layer["kind"] == "conv":
            given = columns(x)
            x = given @ layer["w"].reshape(-1, layer["w"].shape[-1]) + layer["b"]
        elif layer["kind"] == "mean":
            x = x.mean((1, 2))
        elif layer["kind"] == "flatten":
            x = x.reshape(len(x), -1)
        else:
            x = x @ layer["w"] + layer["b"]
        if layer.get("relu"):
            x = np.maximum(x, 0)
        if keep is not None:
            keep.append((given, x))
    return x


def apply_head(net, z):
    if net["head"] == "softmax":
        e = np.exp(z - z.max(-1, keepdims=True))
        return e / e.sum(-1, keepdims=True)
    return 1 / (1 + np.exp(-z)) if net["head"] == "sigmoid" else z


def gradients(net, x, target):
    keep = []
    z = forward(net, x, keep)
    if net["head"] in ("softmax", "logits"):
        e = np.exp(z - z.max(-1, keepdims=True))
        d = e / e.sum(-1, keepdims=True)
        d[np.arange(len(d)), target] -= 1
    elif net["head"] == "sigmoid":
        d = 1 / (1 + np.exp(-z)) - target[:, None]
    else:
        d = np.clip(z - target[:, None], -3, 3)
    d = (d / len(x)).astype(np.float32)
    result = []
    for k in range(len(net["layers"]) - 1, -1, -1):
        layer, (given, out) = net["layers"][k], keep[k]
        before = keep[k - 1][1].shape if k else x.shape
        if layer.get("relu"):
            d = d * (out > 0)
        if layer["kind"] == "mean":
            d = np.broadcast_to((d / (before[1] * before[2]))[:, None, None], before)
        elif layer["kind"] == "flatten":
            d = d.reshape(before)
        else:
            w = layer["w"].reshape(-1, layer["w"].shape[-1])
            flat = d.reshape(-1, d.shape[-1])
            result.append((k, (given.reshape(-1, given.shape[-1]).T @ flat).reshape(layer["w"].shape), flat.sum(0)))
            if k:
                d = d @ w.T
                if layer["kind"] == "conv":
                    d = columns_back(d, before)
    return result


def train(net, x, target, epochs, rng, rate=2e-3, batch=50):
    state = {}
    steps, step = epochs * max(1, len(x) // batch), 0
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x) - batch + 1, batch):
            part = order[start:start + batch]
            step += 1
            now = rate * 0.5 * (1 + np.cos(np.pi * step / steps))
            for k, *grads in gradients(net, x[part], target[part]):
                for name, g in zip(("w", "b"), grads):
                    m, v = state.get((k, name), (0, 0))
                    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
                    state[k, name] = m, v
                    net["layers"][k][name] -= (now * (m / (1 - 0.9 ** step)) / (np.sqrt(v / (1 - 0.999 ** step)) + 1e-8)).astype(np.float32)
    return net


def ranges(net, x):
    """Least and greatest value of the input, of every layer's output and of the head's, as a calibration run records them."""
    keep = []
    z = forward(net, x, keep)
    values = [x] + [out for _, out in keep] + [apply_head(net, z)]
    return [[min(0.0, float(v.min())), max(1e-3, float(v.max()))] for v in values]
