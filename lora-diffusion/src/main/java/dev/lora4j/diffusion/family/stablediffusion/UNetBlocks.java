package dev.lora4j.diffusion.family.stablediffusion;

import dev.lora4j.core.format.BlockName;
import dev.lora4j.core.format.BlockPart;
import dev.lora4j.core.format.BlockScheme;
import dev.lora4j.core.format.Components;
import dev.lora4j.core.format.NumberedLayers;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Blocks of a UNet, numbered as in the original code, one row of blocks down and one up, which is
 * what lists of block weights follow (kohya's block-wise training, the A1111 extension LoRA Block
 * Weight). What those lists have no place for, such as the embedding of the timestep, is {@code IN}
 * or {@code OUT} without a number.
 *
 * @param resnets residual blocks of a level on the way down; there is one more on the way up
 */
public record UNetBlocks(int resnets) implements BlockScheme {
  /** The text encoders of a UNet. */
  public static final BlockPart BASE = new BlockPart("BASE", 0, false);

  /** The way down of a UNet, the first convolution included. */
  public static final BlockPart DOWN = new BlockPart("IN", 200, true);

  /** The middle of a UNet. */
  public static final BlockPart MIDDLE = new BlockPart("M", 210, true);

  /** The way up of a UNet. */
  public static final BlockPart UP = new BlockPart("OUT", 220, true);

  private static final String UNET = "unet.";
  private static final Pattern BLOCK =
      Pattern.compile("unet\\.(down|up)_blocks\\.(\\d+)\\.(\\w+)\\.(\\d+)\\..*");

  /** For 17 and 26 blocks of Stable Diffusion 1 and 2, 12 and 20 of XL. */
  private static final Map<Integer, List<String>> LISTS =
      Map.of(
          17, List.of("BASE", "IN01-02", "IN04-05", "IN07-08", "M00", "OUT03-11"),
          26, List.of("BASE", "IN00-11", "M00", "OUT00-11"),
          12, List.of("BASE", "IN04-05", "IN07-08", "M00", "OUT00-05"),
          20, List.of("BASE", "IN00-08", "M00", "OUT00-08"));

  /** The blocks of a model; empty if it has no UNet. */
  static Optional<BlockScheme> of(SiteCatalogue sites) {
    return sites.all().stream().anyMatch(s -> s.name().startsWith(UNET))
        ? Optional.of(new UNetBlocks(resnets(sites)))
        : Optional.empty();
  }

  private static int resnets(SiteCatalogue sites) {
    int most = 0;
    for (Site site : sites.all()) {
      Matcher m = BLOCK.matcher(site.name());
      if (m.matches() && m.group(1).equals("down") && m.group(3).equals("resnets")) {
        most = Math.max(most, Integer.parseInt(m.group(4)) + 1);
      }
    }
    return most;
  }

  @Override
  public BlockName block(Site site) {
    String name = site.name();
    if (Components.textEncoder(name)) {
      return BlockName.of(BASE);
    }
    if (!name.startsWith(UNET)) {
      return new NumberedLayers().block(site);
    }
    Matcher m = BLOCK.matcher(name);
    if (m.matches()) {
      boolean down = m.group(1).equals("down");
      // One block for each residual block with its attention; the way down has its change of
      // resolution in a block of its own, the way up has it in the last of the level.
      int level = Integer.parseInt(m.group(2)) * (resnets + 1);
      boolean resampler = m.group(3).endsWith("samplers");
      int within = resampler ? resnets : Integer.parseInt(m.group(4));
      return new BlockName(down ? DOWN : UP, level + within + (down ? 1 : 0));
    }
    if (name.startsWith("unet.mid_block.")) {
      return BlockName.of(MIDDLE);
    }
    if (name.equals("unet.conv_in")) {
      return BlockName.of(DOWN);
    }
    boolean last = name.matches("unet\\.conv_(norm_)?out");
    return BlockName.of(last ? BlockPart.AFTER : BlockPart.BEFORE);
  }

  @Override
  public Map<Integer, List<String>> lists() {
    return LISTS;
  }
}
