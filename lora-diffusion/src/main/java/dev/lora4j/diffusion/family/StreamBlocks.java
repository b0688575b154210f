package dev.lora4j.diffusion.family;

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
 * Blocks of a transformer with streams of words and of the picture. FLUX has the names of the A1111
 * extension LoRA Block Weight.
 *
 * @param single whether blocks of one stream follow those of two, as in FLUX
 */
public record StreamBlocks(boolean single) implements BlockScheme {
  /** The CLIP text encoders of a transformer. */
  public static final BlockPart CLIP = new BlockPart("CLIP", 10, false);

  /** The T5 text encoder of a transformer. */
  public static final BlockPart T5 = new BlockPart("T5", 20, false);

  /** Blocks with streams of words and of the picture, in Stable Diffusion 3. */
  public static final BlockPart JOINT = new BlockPart("J", 200, true);

  /** Blocks with streams of words and of the picture in FLUX, which blocks of one stream follow. */
  public static final BlockPart DOUBLE = new BlockPart("D", 210, true);

  /** Blocks of one stream. */
  public static final BlockPart SINGLE = new BlockPart("S", 220, true);

  private static final String TRANSFORMER = "transformer.";
  private static final Pattern BLOCK =
      Pattern.compile("transformer\\.(single_)?transformer_blocks\\.(\\d+)\\..*");

  /** For the 61 blocks of FLUX. */
  private static final Map<Integer, List<String>> LISTS =
      Map.of(61, List.of("CLIP", "T5", "IN", "D00-18", "S00-37", "OUT"));

  /**
   * The blocks of a model; empty if it has no such transformer.
   *
   * @param single whether it is to have blocks of one stream too
   */
  public static Optional<BlockScheme> of(SiteCatalogue sites, boolean single) {
    boolean two = has(sites, "transformer.transformer_blocks.");
    boolean one = has(sites, "transformer.single_transformer_blocks.");
    return one == single && (one || two) ? Optional.of(new StreamBlocks(one)) : Optional.empty();
  }

  private static boolean has(SiteCatalogue sites, String prefix) {
    return sites.all().stream().anyMatch(s -> s.name().startsWith(prefix));
  }

  @Override
  public BlockName block(Site site) {
    String name = site.name();
    if (Components.textEncoder(name)) {
      boolean clip = name.contains(".text_model.") || name.endsWith(".text_projection");
      return BlockName.of(clip ? CLIP : T5);
    }
    if (!name.startsWith(TRANSFORMER)) {
      return new NumberedLayers().block(site);
    }
    Matcher m = BLOCK.matcher(name);
    if (m.matches()) {
      BlockPart two = single ? DOUBLE : JOINT;
      return new BlockName(m.group(1) == null ? two : SINGLE, Integer.parseInt(m.group(2)));
    }
    boolean last = name.matches("transformer\\.(norm_out\\.linear|proj_out)");
    return BlockName.of(last ? BlockPart.AFTER : BlockPart.BEFORE);
  }

  @Override
  public Map<Integer, List<String>> lists() {
    return single ? LISTS : Map.of();
  }
}
