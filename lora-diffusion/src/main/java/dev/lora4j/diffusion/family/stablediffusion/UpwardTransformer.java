package dev.lora4j.diffusion.family.stablediffusion;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.train.adapter.LayerKinds;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A transformer of the first block upwards in a UNet that has any: {@code up_blocks.0} of Stable
 * Diffusion XL, {@code up_blocks.1} of Stable Diffusion 1 and 2, which lies at the same part of the
 * picture's size. B-LoRA (Frenkel et al. 2024) is about XL; it says nothing of the others.
 *
 * @param index of the transformer in its block
 */
record UpwardTransformer(int index) {
  private static final Pattern UP = Pattern.compile("unet\\.up_blocks\\.(\\d+)\\.attentions\\..*");

  /** Its attention layers; none if no block upwards has a transformer. */
  List<Site> attention(Collection<Site> sites) {
    Optional<Integer> first =
        sites.stream()
            .map(site -> UP.matcher(site.name()))
            .filter(Matcher::matches)
            .map(matcher -> Integer.valueOf(matcher.group(1)))
            .min(Integer::compare);
    String block = "unet.up_blocks." + first.orElse(-1) + ".attentions." + index + ".";
    return sites.stream()
        .filter(site -> site.name().startsWith(block))
        .filter(site -> LayerKinds.linear(site) && LayerKinds.attention(site))
        .toList();
  }
}
