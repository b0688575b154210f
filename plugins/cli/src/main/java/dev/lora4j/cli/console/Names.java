package dev.lora4j.cli.console;

import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.diffusion.sampling.Sampler;
import dev.lora4j.diffusion.sampling.SigmaSchedule;
import dev.lora4j.spi.Extensions;
import java.util.ArrayList;
import java.util.List;

/** Names that options take, for their help and for completion in shells. */
public final class Names {
  private Names() {}

  /** Names in the indexes of extensions, so that no class of theirs is loaded. */
  private static List<String> installed(Class<?> point) {
    return Extensions.installed().list(point).stream().map(i -> i.info().name()).toList();
  }

  /** Names of all samplers. */
  public static final class OfSamplers extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    OfSamplers() {
      super(installed(Sampler.class));
    }
  }

  /** Names of all layouts of adapters that can be written. */
  public static final class OfLayouts extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    OfLayouts() {
      super(installed(AdapterWriter.class));
    }
  }

  /** Names of all methods that can be trained. */
  public static final class OfMethods extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    OfMethods() {
      super(installed(TrainableMethod.class));
    }
  }

  /** Names of all optimisers. */
  public static final class OfOptimizers extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    OfOptimizers() {
      super(installed(Optimizer.class));
    }
  }

  /** Names of all installed mixers. */
  public static final class OfMixers extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    OfMixers() {
      super(installed(Mixer.class));
    }
  }

  /** Names of the mixers that make one adapter of several. */
  public static final class OfMergingMixers extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    OfMergingMixers() {
      super(
          Extensions.installed().list(Mixer.class).stream()
              .filter(m -> m.info().is(DeltaMixer.class))
              .map(m -> m.info().name())
              .toList());
    }
  }

  /** Names of all sigma schedules. */
  public static final class OfLevelLaws extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    OfLevelLaws() {
      super(List.copyOf(SigmaSchedule.names()));
    }
  }
}
