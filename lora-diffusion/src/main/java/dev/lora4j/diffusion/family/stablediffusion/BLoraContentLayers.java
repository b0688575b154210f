package dev.lora4j.diffusion.family.stablediffusion;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.train.adapter.LayerSelector;
import dev.lora4j.spi.Extension;
import java.util.Collection;
import java.util.List;

/** Attention of the transformer that B-LoRA (Frenkel et al. 2024) found to hold content. */
@Extension(
    point = LayerSelector.class,
    name = "b-lora-content",
    help = "attention of the transformer that holds content, after B-LoRA")
public final class BLoraContentLayers implements LayerSelector {
  /** For the host. */
  public BLoraContentLayers() {}

  @Override
  public List<Site> among(Collection<Site> sites) {
    return new UpwardTransformer(0).attention(sites);
  }
}
