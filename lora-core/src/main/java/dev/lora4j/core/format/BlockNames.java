package dev.lora4j.core.format;

import dev.lora4j.core.format.BlockName.Part;
import dev.lora4j.core.nn.Site;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Block of each site of a model.
 *
 * <p>UNets are numbered as in their original code, one row of blocks down and one up, which is what
 * lists of block weights for them follow (kohya's block-wise training, the A1111 extension LoRA
 * Block Weight). FLUX has that extension's names too. What those lists have no place for, such as
 * the embedding of the timestep, is {@code IN} or {@code OUT} without a number.
 */
public final class BlockNames {
  private static final Pattern UNET =
      Pattern.compile("unet\\.(down|up)_blocks\\.(\\d+)\\.(\\w+)\\.(\\d+)\\..*");
  private static final Pattern STREAMS =
      Pattern.compile("transformer\\.(single_)?transformer_blocks\\.(\\d+)\\..*");
  private static final Pattern NUMBER = Pattern.compile("(?:^|\\.)(\\d+)\\.");

  private final Map<String, BlockName> blocks = new LinkedHashMap<>();
  private final int resnets;
  private final boolean unet;
  private final boolean single;
  private final boolean streams;

  /** Finds the blocks of a model's sites. */
  public BlockNames(SiteCatalogue sites) {
    resnets = resnets(sites);
    unet = has(sites, "unet.");
    single = has(sites, "transformer.single_transformer_blocks.");
    streams = single || has(sites, "transformer.transformer_blocks.");
    sites.all().forEach(s -> blocks.put(s.name(), block(s)));
  }

  /** The block of a site; empty if the model has no site of this name. */
  public Optional<BlockName> of(String site) {
    return Optional.ofNullable(blocks.get(site));
  }

  /** All blocks of the model, in data-flow order. */
  public SortedSet<BlockName> all() {
    return new TreeSet<>(blocks.values());
  }

  private static boolean has(SiteCatalogue sites, String prefix) {
    return sites.all().stream().anyMatch(s -> s.name().startsWith(prefix));
  }

  /** Residual blocks of a level on the way down; there is one more on the way up. */
  private static int resnets(SiteCatalogue sites) {
    int most = 0;
    for (Site site : sites.all()) {
      Matcher m = UNET.matcher(site.name());
      if (m.matches() && m.group(1).equals("down") && m.group(3).equals("resnets")) {
        most = Math.max(most, Integer.parseInt(m.group(4)) + 1);
      }
    }
    return most;
  }

  private BlockName block(Site site) {
    String name = site.name();
    if ((unet || streams) && name.startsWith("text_encoder")) {
      return BlockName.of(unet ? Part.BASE : isClip(name) ? Part.CLIP : Part.T5);
    }
    if (name.startsWith("unet.")) {
      return ofUnet(name);
    }
    if (streams && name.startsWith("transformer.")) {
      return ofTransformer(name);
    }
    return ofLayers(site);
  }

  private static boolean isClip(String name) {
    return name.contains(".text_model.") || name.endsWith(".text_projection");
  }

  private BlockName ofUnet(String name) {
    Matcher m = UNET.matcher(name);
    if (m.matches()) {
      boolean down = m.group(1).equals("down");
      // One block for each residual block with its attention; the way down has its change of
      // resolution in a block of its own, the way up has it in the last of the level.
      int level = Integer.parseInt(m.group(2)) * (resnets + 1);
      boolean resampler = m.group(3).endsWith("samplers");
      int within = resampler ? resnets : Integer.parseInt(m.group(4));
      return new BlockName(down ? Part.DOWN : Part.UP, level + within + (down ? 1 : 0));
    }
    if (name.startsWith("unet.mid_block.")) {
      return BlockName.of(Part.MIDDLE);
    }
    if (name.equals("unet.conv_in")) {
      return BlockName.of(Part.DOWN);
    }
    return BlockName.of(name.matches("unet\\.conv_(norm_)?out") ? Part.AFTER : Part.BEFORE);
  }

  private BlockName ofTransformer(String name) {
    Matcher m = STREAMS.matcher(name);
    if (m.matches()) {
      Part two = single ? Part.DOUBLE : Part.JOINT;
      return new BlockName(m.group(1) == null ? two : Part.SINGLE, Integer.parseInt(m.group(2)));
    }
    boolean last = name.matches("transformer\\.(norm_out\\.linear|proj_out)");
    return BlockName.of(last ? Part.AFTER : Part.BEFORE);
  }

  private static BlockName ofLayers(Site site) {
    Matcher m = NUMBER.matcher(site.name());
    if (m.find()) {
      return new BlockName(Part.LAYER, Integer.parseInt(m.group(1)));
    }
    return BlockName.of(site.kind() == Site.Kind.EMBEDDING ? Part.BEFORE : Part.AFTER);
  }
}
