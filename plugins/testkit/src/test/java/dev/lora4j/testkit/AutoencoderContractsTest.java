package dev.lora4j.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** Kinds of autoencoders that break their contract in one way: the test of that promise fails. */
class AutoencoderContractsTest implements BrokenPromises {
  // Not named as tests are, so that a build does not run them by themselves.
  static final class Kl extends AutoencoderFamilyContract {
    Kl() {
      super("kl");
    }

    @Override
    protected String config() {
      Path folder = Path.of("../../lora-diffusion/src/test/resources/tiny-sd/vae");
      try {
        return Files.readString(folder.resolve("config.json"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static class Patches extends AutoencoderFamilyContract {
    private final String className;

    Patches(String name, String className) {
      super(name);
      this.className = className;
    }

    @Override
    protected String config() {
      return """
          {"_class_name": "%s", "latent_channels": 4, "shift_factor": 0.25}
          """
          .formatted(className);
    }
  }

  static final class GoodPatches extends Patches {
    GoodPatches() {
      super("patches", "PatchAutoencoder");
    }
  }

  static final class Claiming extends Patches {
    Claiming() {
      super("test-claiming", "ClaimingModel");
    }
  }

  static final class Careless extends Patches {
    Careless() {
      super("test-careless", "CarelessModel");
    }
  }

  static final class Ignorant extends Patches {
    Ignorant() {
      super("test-ignorant", "IgnorantModel");
    }
  }

  static final class Unequal extends Patches {
    Unequal() {
      super("test-unequal", "UnequalModel");
    }
  }

  static final class Renaming extends Patches {
    Renaming() {
      super("test-renaming", "RenamingModel");
    }
  }

  static final class Ambiguous extends Patches {
    Ambiguous() {
      super("test-ambiguous", "AmbiguousModel");
    }
  }

  static final class Partial extends Patches {
    Partial() {
      super("test-partial", "PartialModel");
    }
  }

  static final class Wide extends Patches {
    Wide() {
      super("test-wide", "WideModel");
    }
  }

  static final class Doubled extends Patches {
    Doubled() {
      super("test-doubled", "DoubledModel");
    }
  }

  static final class Mixing extends Patches {
    Mixing() {
      super("test-mixing", "MixingModel");
    }
  }

  static final class Blending extends Patches {
    Blending() {
      super("test-blending", "BlendingModel");
    }
  }

  static final class Shifting extends Patches {
    Shifting() {
      super("test-shifting", "ShiftingModel");
    }
  }

  @Override
  public Map<Class<?>, Set<String>> contracts() {
    return Map.<Class<?>, Set<String>>ofEntries(
        Map.entry(Kl.class, Set.of()),
        Map.entry(GoodPatches.class, Set.of()),
        Map.entry(Claiming.class, Set.of("configurationIsRecognisedByItsFamilyAlone")),
        Map.entry(Careless.class, Set.of("incompleteConfigurationIsTakenOrRefusedByName")),
        Map.entry(Ignorant.class, Set.of("everyFieldOfTheConfigurationIsKnown")),
        Map.entry(Unequal.class, Set.of("theSameConfigurationIsTheSameNetwork")),
        Map.entry(Renaming.class, Set.of("weightsAreKnownByName")),
        Map.entry(Ambiguous.class, Set.of("originalNamesAreOfOneWeightEach")),
        Map.entry(Partial.class, Set.of("originalNamesAreOfOneWeightEach")),
        Map.entry(Wide.class, Set.of("latentsHaveTheDeclaredSize")),
        Map.entry(Doubled.class, Set.of("picturesHaveTheDeclaredSize")),
        Map.entry(Mixing.class, Set.of("eachPictureIsEncodedByItself")),
        Map.entry(Blending.class, Set.of("eachLatentIsDecodedByItself")),
        Map.entry(Shifting.class, Set.of("unshiftedNetworkHasNoShift")));
  }
}
