"""Where the files of the data sets are published: raw addresses at one commit, by the longest prefix of the path."""

_RAW = "https://raw.githubusercontent.com/"
_SNN = "stefaniaebli/simplicial_neural_networks/094c0f00834a7b1daab6a0cb31be33b168fd38c1/data/"
_HODGE = "cookbook-ms/Hodge-Edge-GP/2283014b43247cfabfb8bec9e3100613c5a0e32a/data/"
_BREC = "GraphPKU/BREC/966b5ed5c27bf6372ea081f90ef8c8b2a3342ebc/"
_EXP = "ralphabb/GNN-RNI/43c69c06462d3a165ba2b532d76cbc045fc767d7/Data/"
_CSL = "graphdeeplearning/benchmarking-gnns/b6c407712fa576e9699555e1e035d1e327ccae6c/data/CSL/"
_TEMPORAL = "benedekrozemberczki/pytorch_geometric_temporal/adefe44265ad8faf239fd6cf3b59b95ca3ee60aa/dataset/"
_SIGNED = "alessandro-canevaro/BondPercolation/962d33b46b068813c211c9206f0588a174e1fe1d/data/soc-sign-"
_KGE = "DeepGraphLearning/KnowledgeGraphEmbedding/2e440e0f9c687314d5ff67ead68ce985dc446e3a/data/"
_HYPERBOLICS = "HazyResearch/hyperbolics/59f79b1225775e3deb5b1f7c4238bf539648a329/data/edges/"
_PYFM = "RobinMagnet/pyFM/10675c000c568c54bd471e1e45544627860cb7ea/examples/data/"
_TOSCA = "llorz/SGA18_orientation_BCICP_dataset/ca33927be7147ba7070ac5457fd3084967931b48/Dataset/"

ADDRESSES = {
    "planetoid/": "kimiyoung/planetoid/af6abf468a772cc055bec88c52e4d6f51b7c37e3/data/",
    "geom_gcn/new_data/": "graphdml-uiuc-jlu/geom-gcn/f1fc0d14b3b019c562737240d06ec83b07d16a8f/new_data/",
    "geom_gcn/splits/": "twitter-research/neural-sheaf-diffusion/11e21b561d884713ab1a18a521a7dc2fb26b9361/splits/",
    "heterophilous_graphs/": "yandex-research/heterophilous-graphs/a431395582e929d88271309716bea4fe24ce6318/data/",
    "tu_graphs/": "yeweiysh/IHGNN/b17214636dd0a0f83b05849cc6dc9ec2ebd4efbf/data/",
    "tu_graphs/ENZYMES/": _BREC + "SparseWL/kernels/datasets/ENZYMES/",
    "hypergraph_allset/": "ycq091044/LEGCN/d03f4745370a7493b18fb65f6d46f71b436a027b/data/",
    "hypergraph_hypergcn/": "malllabiisc/HyperGCN/de049387d8d8c9fe6ebab83cb4b49cacfd4ed534/data/",
    "hypergraph_labeled_benson/": "PhilChodrow/HypergraphModularity/f43f6ed7cbe4f774dc9aeccb903547de40475d8b/data/",
    "moleculenet/": "aspuru-guzik-group/selfies/eb6177e5f20cfd8787f2ac4423f5b38dce6eeeb8/tests/test_sets/molnet/",
    "moleculenet/ogbg_molhiv_scaffold_split/": (
        "gbouritsas/GSN/6cce24a2c0f59c183c388f3016d33502f63e8175/datasets/ogb/ogbg-molhiv/10fold_idx/"
    ),
    "triangulations/mantra_surfaces/": (
        "aidos-lab/mantra-benchmarks/8b5fe28f3dc11bfef0bd716ca7530d35c04ea9a6/simplicial_v1.0.0/raw/"
    ),
    "triangulations/9_vertices/": "taircode/pseudo-manifolds/238308457227d674525f46e2d17ea269fb9da0a5/9_vertices/",
    "expressivity/sr_graphs/": (
        "twitter-research/cwn/c4ddd24e251929f934f8a2467da98fdba376864d/datasets/SR_graphs/raw/"
    ),
    "expressivity/all_simple_graphs/": (
        "gbouritsas/GSN/6cce24a2c0f59c183c388f3016d33502f63e8175/datasets/all_simple_graphs/"
    ),
    "expressivity/all_simple_graphs/graph8c.g6": (
        "balcilar/gnn-matlang/0d90cb17056c1599bbd627f9c6cd994b160feadd/dataset/graph8c/raw/graph8c.g6"
    ),
    "expressivity/csl/": "PurdueMINDS/RelationalPooling/a20f707deb437f171d4b2c0b28ca8aa3efbfac3d/Synthetic_Data/",
    "expressivity/csl/splits_benchmarking_gnns/": _CSL,
    "expressivity/exp_cexp/": _EXP,
    "expressivity/brec/": _BREC + "customize/Data/raw/",
    "snn_coauthorship/": _SNN + "s2_3_collaboration_complex/",
    "edge_flows_forex_water/": _HODGE + "forex/raw_2018/",
    "edge_flows_forex_water/water_network.pkl": _HODGE + "wsn/water_network.pkl",
    "transport_flows/": "bstabler/TransportationNetworks/d1639b4ef218c17928ba573e806ddf8ba5e7ae6d/",
    "scholp/": "arbenson/ScHoLP-Data/c830836d89870e41c665bfbac60adac42c766970/",
    "temporal_graphs/": "wyd1502/DGNN/7eca3e8e901a5902cd790b575d9eb899dfd12841/data/",
    "temporal_graphs/soc-sign-": _SIGNED,
    "temporal_graphs/pyg_temporal/": _TEMPORAL,
    "graphdata_npz/": "EdisonLeeeee/GraphData/f8022c26b917346f2a461ffec0ec5ae24b36de68/datasets/",
    "hgcn_hyperbolic/": "HazyResearch/hgcn/a526385744da25fc880f3da346e17d0fe33817f8/data/",
    "hyperbolic_graphs/": _HYPERBOLICS,
    "hyperbolic_graphs/football": _HYPERBOLICS + "network%20datasets/football",
    "hyperbolic_graphs/polbooks": _HYPERBOLICS + "network%20datasets/polbooks",
    "linkpred_seal/": "muhanzhang/SEAL/ca1f019a15fb0c21796042165b4e6bee73981dd3/MATLAB/data/",
    "linkpred_seal/CA-CondMat.txt": "jiank2/InFoRM/311b5e55b360f37a98583e230ba082c3f1ba4281/data/CA-CondMat.txt",
    "knowledge_graphs/": _KGE,
    "knowledge_graphs/FB15K237/": "thunlp/OpenKE/64c4ec8157abfc39112772e9825a349091da45f1/benchmarks/FB15K237/",
    "us_election_counties/election/": (
        "000Justin000/gnn-residual-correlation/03608b39b0da2c64293ba685213585de4ff8291f/datasets/election/"
    ),
    "meshes_small/": "alecjacobson/common-3d-test-models/8a4f8642acaf43f9cd7b67858a1502e1055ef202/data/",
    "meshes_small/camel_gallop/": _PYFM + "camel_gallop/",
    "meshes_tosca_remeshed/TOSCA_Isometric/": _TOSCA + "TOSCA_Isometric/",
    "pointclouds_gudhi/bunny.npy": "GUDHI/gudhi-data/698b2d634e33151fe13e57186d44061060e5fc3d/points/bunny/bunny.npy",
    "pointclouds_gudhi/activities_": (
        "GUDHI/gudhi-data/698b2d634e33151fe13e57186d44061060e5fc3d/points/activities/activities_"
    ),
    "modelnet10_voxels/": "amitregmi/VoxNet-Google-Colab/2b66a4ddfac20dc6224fd2ed9b4da337525f29d6/data/",
    "isbi2012_em/train/": "zhixuhao/unet/b45af4d458437d8281cc218a07fd4380818ece4a/data/membrane/train/",
    "topomortar_sample/": "jmlipman/TopoMortar/f709b3c72f4f24f68239281292f854918707f95f/dataset/",
    "betti_matching_examples/": "nstucki/Betti-matching/3e7eca26ff54fbf77e7caa5be2ac2c24d5ef388c/data_examples/",
    "usps/": "niuers/Learning-From-Data-A-Short-Course/879a698b960e5867f7c2b11f8938fa89c3d21839/data/",
    "pde_deepxde/": "lululxvi/deepxde/99b6620386d18cefb1549dddb7b7fe468cfad607/examples/dataset/",
    "pde_pinns/": "maziarraissi/PINNs/932f50a2d8ef4e80d1456bbae6887a73ff5166ef/main/Data/",
    "pde_pinns/burgers_shock.mat": (
        "maziarraissi/PINNs/932f50a2d8ef4e80d1456bbae6887a73ff5166ef/appendix/Data/burgers_shock.mat"
    ),
    "deeponet_antiderivative/": "lululxvi/deepxde/a6b4bef55744561a2a33afcef29551a33e2c949e/examples/operator/",
}

# Files that were converted from what their authors published (another format, the same numbers), so that no public
# address serves these bytes. They are read from a folder alone.
CONVERTED = (
    "moleculenet/hiv_41127_ogb_order.csv",
    "zinc_jtnn/",
    "triangulations/simpcomp_manifolds.jsonl",
    "scone_trajectories/",
    "hgcn_hyperbolic/airport.npz",
    "mnist/",
    "cifar10_subset/",
    "neuralop_small/",
)


def address(path: str) -> str:
    """Give the public address of a path in the manifest, "" where a file was converted and has none."""
    if path.startswith(CONVERTED):
        return ""
    prefix = max((prefix for prefix in ADDRESSES if path.startswith(prefix)), key=len)
    return _RAW + ADDRESSES[prefix] + path.removeprefix(prefix)
