"""Published tables on hypergraphs."""

from cochain.experiments.published.record import Table, grid

_TRAINING = {"epochs": 500, "patience": 100, "learning_rate": 0.001, "weight_decay": 0.0}

ALLSET = Table(
    name="allset",
    title="Hypergraph networks on the sets of AllSet, twenty random splits of 50, 25 and 25 per cent",
    reference="chien2022allset",
    where="table 2",
    runs=20,
    splits={"*": (0.5, 0.25)},
    figures=grid(
        {
            "hgnn": "79.39±1.36 72.45±1.16 82.64±1.65 92.50±4.58 80.33±0.42 98.73±0.32 87.72±1.35 61.39±2.96",
            "hcha": "79.14±1.02 72.42±1.42 82.55±0.97 93.65±6.15 80.33±0.80 98.70±0.39 87.48±1.87 61.36±2.53",
            "hnhn": "76.36±1.92 72.64±1.57 77.19±1.49 93.59±5.88 81.35±0.61 100.0±0.01 89.11±1.44 67.80±2.59",
            "unigcnii": "78.81±1.05 73.05±2.21 83.60±1.14 93.65±4.37 81.12±0.67 99.96±0.05 89.30±1.33 67.25±2.57",
            "all_deep_sets": "76.88±1.80 70.83±1.63 81.97±1.50 95.39±4.77 81.06±0.54 99.99±0.02 88.09±1.52 67.82±2.40",
            "allset_transformer": (
                "78.59±1.47 73.08±1.20 83.63±1.47 97.50±3.59 81.38±0.58 100.0±0.00 88.69±1.24 69.33±2.20"
            ),
            "mlp": "75.17±1.21 72.67±1.56 74.31±1.89 87.18±4.44 81.42±0.49 100.0±0.00 85.52±1.49 67.93±2.33",
        },
        "cora_cocitation citeseer_cocitation cora_coauthorship zoo 20newsgroups mushroom ntu2012 house",
    ),
    options={
        "*": {**_TRAINING, "hidden": 64, "dropout": 0.5},
        "allset_transformer": {**_TRAINING, "hidden": 64, "layers": 1, "dropout": 0.5},
    },
    quick=("zoo",),
    notes=("The paper searches learning rate, width and layers for every model and set; here one setting serves all.",),
)
