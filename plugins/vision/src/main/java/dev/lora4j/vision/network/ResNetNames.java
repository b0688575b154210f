package dev.lora4j.vision.network;

/** Names of a ResNet's layers: those of a file are the names that adapters for it have. */
public enum ResNetNames {
  /** torchvision's, and those of the paper's authors: {@code layer1.0.conv1}. */
  TORCHVISION("conv1", "bn1", "fc") {
    @Override
    String block(int stage, int block) {
      return "layer" + (stage + 1) + "." + block;
    }

    @Override
    String convolution(String block, int number) {
      return block + ".conv" + (number + 1);
    }

    @Override
    String norm(String block, int number) {
      return block + ".bn" + (number + 1);
    }

    @Override
    String shortcut(String block) {
      return block + ".downsample.0";
    }

    @Override
    String shortcutNorm(String block) {
      return block + ".downsample.1";
    }
  },

  /** transformers': {@code resnet.encoder.stages.0.layers.0.layer.0.convolution}. */
  TRANSFORMERS(
      "resnet.embedder.embedder.convolution",
      "resnet.embedder.embedder.normalization",
      "classifier.1") {
    @Override
    String block(int stage, int block) {
      return "resnet.encoder.stages." + stage + ".layers." + block;
    }

    @Override
    String convolution(String block, int number) {
      return block + ".layer." + number + ".convolution";
    }

    @Override
    String norm(String block, int number) {
      return block + ".layer." + number + ".normalization";
    }

    @Override
    String shortcut(String block) {
      return block + ".shortcut.convolution";
    }

    @Override
    String shortcutNorm(String block) {
      return block + ".shortcut.normalization";
    }
  };

  private final String stem;
  private final String stemNorm;
  private final String head;

  ResNetNames(String stem, String stemNorm, String head) {
    this.stem = stem;
    this.stemNorm = stemNorm;
    this.head = head;
  }

  /** The first convolution. */
  String stem() {
    return stem;
  }

  /** The norm after it. */
  String stemNorm() {
    return stemNorm;
  }

  /** The linear layer that tells classes apart. */
  public String head() {
    return head;
  }

  /** A block of a stage, both counted from 0. */
  abstract String block(int stage, int block);

  /** A convolution of a block, counted from 0. */
  abstract String convolution(String block, int number);

  /** The norm after it. */
  abstract String norm(String block, int number);

  /** The convolution beside a block that changes size or width. */
  abstract String shortcut(String block);

  /** The norm after it. */
  abstract String shortcutNorm(String block);
}
