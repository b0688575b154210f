package dev.lora4j.testkit;

import java.util.Map;
import java.util.Set;

/** Families and presets that break their contract in one way: the test of that promise fails. */
class FamilyContractsTest implements BrokenPromises {
  // Not named as tests are, so that a build does not run them by themselves.
  static final class StableDiffusion extends BaseFamilyContract {
    StableDiffusion() {
      super("stable-diffusion");
    }
  }

  static final class StableDiffusion3 extends BaseFamilyContract {
    StableDiffusion3() {
      super("stable-diffusion-3");
    }
  }

  static final class Flux extends BaseFamilyContract {
    Flux() {
      super("flux");
    }
  }

  static final class Prior extends BaseFamilyContract {
    Prior() {
      super("prior");
    }
  }

  static final class Named extends BaseFamilyContract {
    Named() {
      super("test-named");
    }
  }

  static final class Bare extends BaseFamilyContract {
    Bare() {
      super("test-bare");
    }
  }

  static final class Ghost extends BaseFamilyContract {
    Ghost() {
      super("test-ghost");
    }
  }

  static final class Greedy extends BaseFamilyContract {
    Greedy() {
      super("test-greedy");
    }
  }

  static final class Nameless extends BaseFamilyContract {
    Nameless() {
      super("test-nameless");
    }
  }

  static final class Moody extends BaseFamilyContract {
    Moody() {
      super("test-moody");
    }
  }

  static final class Attention extends LayerSelectorContract {
    Attention() {
      super("attention");
    }
  }

  static final class Style extends LayerSelectorContract {
    Style() {
      super("style");
    }
  }

  static final class TextEncoders extends LayerSelectorContract {
    TextEncoders() {
      super("text-encoders");
    }
  }

  static final class Turned extends LayerSelectorContract {
    Turned() {
      super("test-turned");
    }
  }

  static final class Norms extends LayerSelectorContract {
    Norms() {
      super("test-norms");
    }
  }

  static final class Mixed extends LayerSelectorContract {
    Mixed() {
      super("test-mixed");
    }
  }

  static final class Inventing extends LayerSelectorContract {
    Inventing() {
      super("test-inventing");
    }
  }

  @Override
  public Map<Class<?>, Set<String>> contracts() {
    return Map.<Class<?>, Set<String>>ofEntries(
        Map.entry(StableDiffusion.class, Set.of()),
        Map.entry(StableDiffusion3.class, Set.of()),
        Map.entry(Flux.class, Set.of()),
        Map.entry(Prior.class, Set.of()),
        Map.entry(Named.class, Set.of("variantsHaveNamesOfTheirOwn")),
        Map.entry(Bare.class, Set.of("everySiteIsOfAComponent")),
        Map.entry(Ghost.class, Set.of("nativeNamesAreOfItsSites")),
        Map.entry(Greedy.class, Set.of("filesOfOthersAreNotClaimed")),
        Map.entry(Nameless.class, Set.of("everyLayerIsInABlock")),
        Map.entry(Moody.class, Set.of("variantsAreTheSameEachTime")),
        Map.entry(Attention.class, Set.of()),
        Map.entry(Style.class, Set.of()),
        Map.entry(TextEncoders.class, Set.of()),
        Map.entry(Turned.class, Set.of("someLayersAreChosenInTheModelsOrder")),
        Map.entry(Norms.class, Set.of("onlyProductsAreChosen")),
        Map.entry(Mixed.class, Set.of("textEncodersStandAlone")),
        Map.entry(Inventing.class, Set.of("nothingIsChosenOfNothing")));
  }
}
