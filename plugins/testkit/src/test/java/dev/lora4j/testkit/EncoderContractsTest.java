package dev.lora4j.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Kinds of text encoders that break their contract in one way: the test of that promise fails. */
class EncoderContractsTest implements BrokenPromises {
  // Not named as tests are, so that a build does not run them by themselves.
  private abstract static class Clip extends TextEncoderFamilyContract {
    private final String architecture;

    Clip(String architecture) {
      super("clip");
      this.architecture = architecture;
    }

    @Override
    protected String config() {
      return """
          {
            "architectures": ["%s"],
            "vocab_size": 592,
            "hidden_size": 24,
            "intermediate_size": 48,
            "num_hidden_layers": 2,
            "num_attention_heads": 3,
            "max_position_embeddings": 77,
            "layer_norm_eps": 1e-5,
            "hidden_act": "gelu",
            "projection_dim": 16
          }
          """
          .formatted(architecture);
    }

    @Override
    protected void writeTokenizer(Path into) throws IOException {
      Path from = Path.of("../../lora-diffusion/src/test/resources/tiny-sd/tokenizer");
      try (Stream<Path> files = Files.list(from)) {
        for (Path file : files.toList()) {
          Files.copy(file, into.resolve(file.getFileName()));
        }
      }
    }
  }

  static final class Plain extends Clip {
    Plain() {
      super("CLIPTextModel");
    }
  }

  static final class Projecting extends Clip {
    Projecting() {
      super("CLIPTextModelWithProjection");
    }
  }

  /** An encoder of lora-text, as its tests have it. */
  private abstract static class OfTexts extends TextEncoderFamilyContract {
    private final String model;

    OfTexts(String name, String model) {
      super(name);
      this.model = model;
    }

    @Override
    protected String config() {
      Path folder = Path.of("../../lora-text/src/test/resources/models", model);
      try {
        return Files.readString(folder.resolve("config.json"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    protected void writeTokenizer(Path into) throws IOException {
      WordTokenizer.write(into);
    }
  }

  static final class T5 extends OfTexts {
    T5() {
      super("t5", "flan-t5");
    }
  }

  static final class Qwen2 extends OfTexts {
    Qwen2() {
      super("llama", "qwen2");
    }
  }

  private static class Words extends TextEncoderFamilyContract {
    private final String architecture;

    Words(String name, String architecture) {
      super(name);
      this.architecture = architecture;
    }

    @Override
    protected String config() {
      return """
          {"architectures": ["%s"], "vocab_size": 9, "hidden_size": 6, "places": 8}
          """
          .formatted(architecture);
    }

    @Override
    protected void writeTokenizer(Path into) throws IOException {
      Files.write(into.resolve("words.txt"), List.of("a", "fox", "drawn", "in", "ink"));
    }
  }

  static final class GoodWords extends Words {
    GoodWords() {
      super("words", "WordsModel");
    }
  }

  static final class Claiming extends Words {
    Claiming() {
      super("test-claiming", "ClaimingModel");
    }
  }

  static final class Careless extends Words {
    Careless() {
      super("test-careless", "CarelessModel");
    }
  }

  static final class Unequal extends Words {
    Unequal() {
      super("test-unequal", "UnequalModel");
    }
  }

  static final class Renaming extends Words {
    Renaming() {
      super("test-renaming", "RenamingModel");
    }
  }

  static final class Overlong extends Words {
    Overlong() {
      super("test-overlong", "OverlongModel");
    }
  }

  static final class Moody extends Words {
    Moody() {
      super("test-moody", "MoodyModel");
    }
  }

  static final class Narrow extends Words {
    Narrow() {
      super("test-narrow", "NarrowModel");
    }
  }

  static final class Gossiping extends Words {
    Gossiping() {
      super("test-gossiping", "GossipingModel");
    }
  }

  static final class Staring extends Words {
    Staring() {
      super("test-staring", "StaringModel");
    }
  }

  static final class Blind extends Words {
    Blind() {
      super("test-blind", "BlindModel");
    }
  }

  @Override
  public Map<Class<?>, Set<String>> contracts() {
    return Map.<Class<?>, Set<String>>ofEntries(
        Map.entry(Plain.class, Set.of()),
        Map.entry(T5.class, Set.of()),
        Map.entry(Qwen2.class, Set.of()),
        Map.entry(Projecting.class, Set.of()),
        Map.entry(GoodWords.class, Set.of()),
        Map.entry(Claiming.class, Set.of("configurationIsRecognisedByItsFamilyAlone")),
        Map.entry(Careless.class, Set.of("incompleteConfigurationIsTakenOrRefusedByName")),
        Map.entry(Unequal.class, Set.of("theSameConfigurationIsTheSameNetwork")),
        Map.entry(Renaming.class, Set.of("layersAreKnownByName")),
        Map.entry(Overlong.class, Set.of("everyTextBecomesTokensThatTheEncoderTakes")),
        Map.entry(Moody.class, Set.of("aTextIsCutAlikeByAll")),
        Map.entry(Narrow.class, Set.of("outputsHaveTheDeclaredWidths")),
        Map.entry(Gossiping.class, Set.of("eachTextIsSeenByItself")),
        Map.entry(Staring.class, Set.of("aViewThatLeavesNoLayerIsRefused")),
        Map.entry(Blind.class, Set.of("aVectorStandsInForAToken")));
  }
}
