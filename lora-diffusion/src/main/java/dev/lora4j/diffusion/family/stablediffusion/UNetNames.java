package dev.lora4j.diffusion.family.stablediffusion;

import dev.lora4j.core.format.BlockScheme;
import dev.lora4j.core.format.NativeName;
import dev.lora4j.core.format.NativePrefix;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Native names of the layers of any denoiser with the structure of Stable Diffusion's, of any depth
 * and width: the names of {@link UNetLayers}, found by the existing names instead of sizes.
 */
public final class UNetNames {
  private static final String MODEL = "unet.";
  private static final Pattern BLOCK =
      Pattern.compile(
          "(down|up)_blocks\\.(\\d+)\\.(resnets|attentions|downsamplers|upsamplers)\\.\\d+\\.(.+)");
  private static final Pattern MIDDLE =
      Pattern.compile("mid_block\\.(resnets|attentions)\\.(\\d+)\\.(.+)");
  private static final Map<String, String> OUTSIDE =
      Map.of(
          "conv_in", "input_blocks.0.0",
          "time_embedding.linear_1", "time_embed.0",
          "time_embedding.linear_2", "time_embed.2",
          "add_embedding.linear_1", "label_emb.0.0",
          "add_embedding.linear_2", "label_emb.0.2",
          "conv_norm_out", "out.0",
          "conv_out", "out.2");
  private static final Map<String, String> IN_RESNET =
      Map.of(
          "norm1", "in_layers.0",
          "conv1", "in_layers.2",
          "time_emb_proj", "emb_layers.1",
          "norm2", "out_layers.0",
          "conv2", "out_layers.3",
          "conv_shortcut", "skip_connection");

  private UNetNames() {}

  /** Positions of a denoiser's blocks in the two rows in which the original code numbers them. */
  public interface Rows {
    /** The number in its row of the block that a layer is in; empty if it is in none. */
    Optional<Integer> number(String layer);

    /**
     * Returns true if the layers of a block, for example {@code up_blocks.1}, attend to the text.
     */
    boolean attends(String block);
  }

  /** The native names of those sites that have one; none for another kind of denoiser. */
  public static List<NativeName> of(SiteCatalogue sites) {
    Optional<BlockScheme> blocks = UNetBlocks.of(sites);
    return blocks.map(of -> names(sites, new RowsOfSites(sites, of))).orElse(List.of());
  }

  private static List<NativeName> names(SiteCatalogue sites, Rows rows) {
    List<NativeName> names = new ArrayList<>();
    for (Site site : sites.all()) {
      if (site.name().startsWith(MODEL)) {
        path(site.name().substring(MODEL.length()), rows)
            .map(path -> NativeName.of(NativePrefix.DENOISER + path, site.name()))
            .ifPresent(names::add);
      }
    }
    return names;
  }

  private record RowsOfSites(SiteCatalogue sites, BlockScheme blocks) implements Rows {
    @Override
    public Optional<Integer> number(String layer) {
      return sites.find(MODEL + layer).map(site -> blocks.block(site).number());
    }

    @Override
    public boolean attends(String block) {
      String attentions = MODEL + block + ".attentions.";
      return sites.all().stream().anyMatch(s -> s.name().startsWith(attentions));
    }
  }

  /**
   * Native name of one layer of the denoiser, without the common prefix.
   *
   * @param layer for example {@code down_blocks.0.resnets.1.conv1}
   */
  public static Optional<String> path(String layer, Rows rows) {
    Matcher middle = MIDDLE.matcher(layer);
    if (middle.matches()) {
      boolean resnet = middle.group(1).equals("resnets");
      int place = resnet ? 2 * Integer.parseInt(middle.group(2)) : 1;
      return Optional.of("middle_block." + place + "." + within(middle.group(1), middle.group(3)));
    }
    Matcher block = BLOCK.matcher(layer);
    if (!block.matches()) {
      return Optional.ofNullable(OUTSIDE.get(layer));
    }
    String row = block.group(1).equals("down") ? "input_blocks." : "output_blocks.";
    String level = block.group(1) + "_blocks." + block.group(2);
    int place =
        switch (block.group(3)) {
          case "attentions" -> 1;
          // After what else is in the last block of a resolution.
          case "upsamplers" -> rows.attends(level) ? 2 : 1;
          default -> 0;
        };
    String rest = within(block.group(3), block.group(4));
    return rows.number(layer).map(number -> row + number + "." + place + "." + rest);
  }

  private static String within(String part, String name) {
    return switch (part) {
      case "resnets" -> IN_RESNET.getOrDefault(name, name);
      case "downsamplers" -> name.equals("conv") ? "op" : name;
      default -> name;
    };
  }
}
