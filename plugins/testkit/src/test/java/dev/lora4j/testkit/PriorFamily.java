package dev.lora4j.testkit;

import dev.lora4j.core.format.BaseFamily;
import dev.lora4j.core.format.BlockName;
import dev.lora4j.core.format.BlockPart;
import dev.lora4j.core.format.BlockScheme;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LayerList;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.spi.Extension;
import java.time.YearMonth;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Bases with the denoiser of {@link PatchesFamily}, which is a component of its own. */
@Extension(point = BaseFamily.class, name = "prior", help = "patches that attend to a text")
public class PriorFamily implements BaseFamily {
  static final String COMPONENT = "prior";
  static final int CHANNELS = 4;
  static final int WIDTH = 12;
  static final int TEXT_WIDTH = 24;

  private static final BlockPart ATTENTION = new BlockPart("ATT", 200, false);
  private static final BlockPart REST = new BlockPart("REST", 210, false);

  private final String name;

  /** For the host. */
  public PriorFamily() {
    this("prior-small");
  }

  /** With a variant of another name. */
  PriorFamily(String name) {
    this.name = name;
  }

  @Override
  public YearMonth released() {
    return YearMonth.of(2026, 11);
  }

  @Override
  public List<Family> variants() {
    LayerList layers = LayerList.empty();
    LayerList prior = layers.at(COMPONENT, "net");
    prior.convolution("enter", "in", WIDTH, CHANNELS, 2, 2, 0);
    prior.linear("time", WIDTH, 1);
    prior.unbiased("attend.to_k", WIDTH, TEXT_WIDTH);
    prior.unbiased("attend.to_v", WIDTH, TEXT_WIDTH);
    prior.unbiased("attend.to_q", WIDTH, WIDTH);
    prior.linear("feed", WIDTH, WIDTH);
    prior.linear("leave", 4L * CHANNELS, WIDTH);
    return List.of(layers.family(name, "Prior " + name));
  }

  @Override
  public Optional<String> component(Set<String> tensors) {
    return tensors.contains("attend.to_q.weight") ? Optional.of(COMPONENT) : Optional.empty();
  }

  @Override
  public Optional<BlockScheme> blocks(SiteCatalogue sites) {
    return sites.find(COMPONENT + ".attend.to_q").isPresent()
        ? Optional.of(site -> BlockName.of(site.name().contains("attend") ? ATTENTION : REST))
        : Optional.empty();
  }
}
