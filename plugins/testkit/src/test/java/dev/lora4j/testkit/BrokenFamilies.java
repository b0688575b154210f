package dev.lora4j.testkit;

import dev.lora4j.core.format.BaseFamily;
import dev.lora4j.core.format.BlockName;
import dev.lora4j.core.format.BlockPart;
import dev.lora4j.core.format.BlockScheme;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.NativeName;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.spi.Extension;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Families that break their contract, each in one way. */
final class BrokenFamilies {
  private BrokenFamilies() {}

  /** Has the name of another family's variant. */
  @Extension(point = BaseFamily.class, name = "test-named", help = "has another's name")
  public static final class Named extends PriorFamily {
    /** For the host. */
    public Named() {
      super("sd15");
    }
  }

  /** Has a site of no component. */
  @Extension(point = BaseFamily.class, name = "test-bare", help = "has a site of no component")
  public static final class Bare extends PriorFamily {
    /** For the host. */
    public Bare() {
      super("test-bare");
    }

    @Override
    public List<Family> variants() {
      Family sound = super.variants().get(0);
      List<Site> sites = new ArrayList<>(sound.sites().all());
      sites.add(Site.norm("bare", 3));
      return List.of(
          new Family(sound.name(), sound.title(), new SiteCatalogue(sites), sound.natives()));
    }
  }

  /** Names a layer that it has not. */
  @Extension(point = BaseFamily.class, name = "test-ghost", help = "names a layer that is not")
  public static final class Ghost extends PriorFamily {
    /** For the host. */
    public Ghost() {
      super("test-ghost");
    }

    @Override
    public List<Family> variants() {
      Family sound = super.variants().get(0);
      List<NativeName> natives = new ArrayList<>(sound.natives());
      natives.add(NativeName.of("net.ghost", "prior.ghost"));
      return List.of(new Family(sound.name(), sound.title(), sound.sites(), natives));
    }
  }

  /** Claims blocks of others. */
  @Extension(point = BaseFamily.class, name = "test-greedy", help = "claims blocks of others")
  public static final class Greedy extends PriorFamily {
    /** For the host. */
    public Greedy() {
      super("test-greedy");
    }

    @Override
    public Optional<BlockScheme> blocks(SiteCatalogue sites) {
      return Optional.of(site -> BlockName.of(BlockPart.AFTER));
    }
  }

  /** Has blocks without a name. */
  @Extension(point = BaseFamily.class, name = "test-nameless", help = "has blocks without a name")
  public static final class Nameless extends PriorFamily {
    /** For the host. */
    public Nameless() {
      super("test-nameless");
    }

    @Override
    public Optional<BlockScheme> blocks(SiteCatalogue sites) {
      return super.blocks(sites).map(s -> site -> BlockName.of(new BlockPart("", 0, false)));
    }
  }

  /** Is another each time. */
  @Extension(point = BaseFamily.class, name = "test-moody", help = "is another each time")
  public static final class Moody extends PriorFamily {
    private final AtomicInteger times = new AtomicInteger(2);

    /** For the host. */
    public Moody() {
      super("test-moody");
    }

    @Override
    public List<Family> variants() {
      Family sound = super.variants().get(0);
      List<Site> sites = new ArrayList<>(sound.sites().all());
      sites.add(Site.linear("prior.mood", Shape.of(times.getAndIncrement(), 2), true));
      return List.of(
          new Family(sound.name(), sound.title(), new SiteCatalogue(sites), sound.natives()));
    }
  }

  /** Finds a variant in files that it has not; only the host notices. */
  @Extension(point = BaseFamily.class, name = "test-lying", help = "finds what it has not")
  public static final class Lying extends PriorFamily {
    static final String TENSOR = "lying.weight";

    /** For the host. */
    public Lying() {
      super("test-lying");
    }

    @Override
    public Optional<String> original(Map<String, TensorInfo> tensors, String prefix) {
      return tensors.containsKey(TENSOR) ? Optional.of("nobody") : Optional.empty();
    }
  }
}
