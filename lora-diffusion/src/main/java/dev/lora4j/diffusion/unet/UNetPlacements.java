package dev.lora4j.diffusion.unet;

import dev.lora4j.core.mix.SitePlacement;
import dev.lora4j.core.mix.SitePlacement.Nowhere;
import dev.lora4j.core.mix.SitePlacement.OfTokens;
import dev.lora4j.core.mix.SitePlacement.OnGrid;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Positions of the outputs of a denoiser's layers in the picture. */
public record UNetPlacements(UNetConfig config) implements SitePlacement.Of {
  private static final Pattern BLOCK = Pattern.compile("unet\\.(down|up)_blocks\\.(\\d+)\\.(.*)");
  private static final Pattern KEYS_AND_VALUES = Pattern.compile(".*\\.attn2\\.to_[kv]");
  private static final Pattern OF_TIME =
      Pattern.compile("unet\\.(time|add)_embedding\\..*|.*\\.time_emb_proj");

  @Override
  public SitePlacement of(String site) {
    if (OF_TIME.matcher(site).matches()) {
      return new Nowhere();
    }
    if (KEYS_AND_VALUES.matcher(site).matches()) {
      return new OfTokens();
    }
    int coarsest = config.levels() - 1;
    if (site.startsWith("unet.mid_block.")) {
      return new OnGrid(coarsest);
    }
    Matcher block = BLOCK.matcher(site);
    if (!block.matches()) {
      return new OnGrid(0);
    }
    int number = Integer.parseInt(block.group(2));
    if (block.group(1).equals("down")) {
      return new OnGrid(block.group(3).startsWith("downsamplers") ? number + 1 : number);
    }
    int level = coarsest - number;
    return new OnGrid(block.group(3).startsWith("upsamplers") ? level - 1 : level);
  }
}
