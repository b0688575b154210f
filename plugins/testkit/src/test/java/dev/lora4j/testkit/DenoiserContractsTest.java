package dev.lora4j.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** Kinds of denoisers that break their contract in one way: the test of that promise fails. */
class DenoiserContractsTest implements BrokenPromises {
  // Not named as tests are, so that a build does not run them by themselves.
  private abstract static class UNet extends DenoiserFamilyContract {
    private final String model;

    UNet(String model) {
      super("unet");
      this.model = model;
    }

    @Override
    protected String config() {
      Path folder = Path.of("../../lora-diffusion/src/test/resources", model);
      try {
        return Files.readString(folder.resolve("unet/config.json"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static final class Small extends UNet {
    Small() {
      super("tiny-sd");
    }
  }

  static final class Told extends UNet {
    Told() {
      super("tiny-xl");
    }
  }

  private static class Patches extends DenoiserFamilyContract {
    private final String className;
    private final int pooled;

    Patches(String name, String className, int pooled) {
      super(name);
      this.className = className;
      this.pooled = pooled;
    }

    @Override
    protected String config() {
      return """
          {"_class_name": "%s", "channels": 4, "width": 12, "text_width": 6, "pooled_width": %d}
          """
          .formatted(className, pooled);
    }
  }

  static final class GoodPatches extends Patches {
    GoodPatches() {
      super("patches", "PatchesModel", 0);
    }
  }

  static final class ToldPatches extends Patches {
    ToldPatches() {
      super("patches", "PatchesModel", 5);
    }
  }

  static final class Claiming extends Patches {
    Claiming() {
      super("test-claiming", "ClaimingModel", 0);
    }
  }

  static final class Careless extends Patches {
    Careless() {
      super("test-careless", "CarelessModel", 0);
    }
  }

  static final class Unequal extends Patches {
    Unequal() {
      super("test-unequal", "UnequalModel", 0);
    }
  }

  static final class Renaming extends Patches {
    Renaming() {
      super("test-renaming", "RenamingModel", 0);
    }
  }

  static final class Misplaced extends Patches {
    Misplaced() {
      super("test-misplaced", "MisplacedModel", 0);
    }
  }

  static final class Doubled extends Patches {
    Doubled() {
      super("test-doubled", "DoubledModel", 0);
    }
  }

  static final class Gossiping extends Patches {
    Gossiping() {
      super("test-gossiping", "GossipingModel", 0);
    }
  }

  static final class Deaf extends Patches {
    Deaf() {
      super("test-deaf", "DeafModel", 0);
    }
  }

  static final class Indifferent extends Patches {
    Indifferent() {
      super("test-indifferent", "IndifferentModel", 0);
    }
  }

  static final class Swapping extends Patches {
    Swapping() {
      super("test-swapping", "SwappingModel", 0);
    }
  }

  static final class Forgetful extends Patches {
    Forgetful() {
      super("test-forgetful", "ForgetfulModel", 0);
    }
  }

  static final class Drifting extends Patches {
    Drifting() {
      super("test-drifting", "DriftingModel", 0);
    }
  }

  @Override
  public Map<Class<?>, Set<String>> contracts() {
    return Map.<Class<?>, Set<String>>ofEntries(
        Map.entry(Small.class, Set.of()),
        Map.entry(Told.class, Set.of()),
        Map.entry(GoodPatches.class, Set.of()),
        Map.entry(ToldPatches.class, Set.of()),
        Map.entry(Claiming.class, Set.of("configurationIsRecognisedByItsFamilyAlone")),
        Map.entry(Careless.class, Set.of("incompleteConfigurationIsTakenOrRefusedByName")),
        Map.entry(Unequal.class, Set.of("theSameConfigurationIsTheSameNetwork")),
        Map.entry(Renaming.class, Set.of("layersAreKnownByName")),
        Map.entry(Misplaced.class, Set.of("layersLieWhereTheNetworkDeclares")),
        Map.entry(Doubled.class, Set.of("predictionHasTheSizeOfTheLatents")),
        Map.entry(Gossiping.class, Set.of("eachPictureIsSeenByItself")),
        Map.entry(Deaf.class, Set.of("everyConditioningInputCounts")),
        Map.entry(Indifferent.class, Set.of("wrongConditioningInputsAreRefused")),
        Map.entry(Swapping.class, Set.of("regionalTextCountsWhereItsShareIs")),
        Map.entry(Drifting.class, Set.of("checkpointingChangesNoBitOfTheGradient")),
        Map.entry(Forgetful.class, Set.of("sparingMemoryChangesNoBitOfTheGradient")));
  }
}
