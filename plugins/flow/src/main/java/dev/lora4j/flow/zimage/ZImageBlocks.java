package dev.lora4j.flow.zimage;

import dev.lora4j.core.format.BlockName;
import dev.lora4j.core.format.BlockPart;
import dev.lora4j.core.format.BlockScheme;
import dev.lora4j.core.format.Components;
import dev.lora4j.core.nn.Site;
import dev.lora4j.diffusion.family.JointLayers;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Blocks of a Z-Image: those that refine the noise, those that refine the text, and those that both
 * share.
 */
record ZImageBlocks() implements BlockScheme {
  private static final BlockPart TEXT = new BlockPart("TE", 10, false);
  private static final BlockPart NOISE = new BlockPart("N", 200, true);
  private static final BlockPart CONTEXT = new BlockPart("C", 210, true);
  private static final BlockPart SHARED = new BlockPart("L", 220, true);

  private static final Pattern BLOCK =
      Pattern.compile(
          JointLayers.COMPONENT + "\\.((?:noise_refiner|context_refiner|layers)\\.)(\\d+)\\..*");

  @Override
  public BlockName block(Site site) {
    String name = site.name();
    if (Components.textEncoder(name)) {
      return BlockName.of(TEXT);
    }
    Matcher m = BLOCK.matcher(name);
    if (m.matches()) {
      return new BlockName(part(m.group(1)), Integer.parseInt(m.group(2)));
    }
    boolean last = name.startsWith(JointLayers.COMPONENT + ".all_final_layer.");
    return BlockName.of(last ? BlockPart.AFTER : BlockPart.BEFORE);
  }

  private static BlockPart part(String blocks) {
    return switch (blocks) {
      case ZImageLayers.NOISE -> NOISE;
      case ZImageLayers.CONTEXT -> CONTEXT;
      default -> SHARED;
    };
  }
}
