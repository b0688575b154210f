package dev.lora4j.core.format.family;

import dev.lora4j.core.format.BlockNames;
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
 * The native names of the layers of any denoiser that is built as Stable Diffusion's are, whatever
 * its depth and widths: what {@link UNetLayers} lists by sizes, found by the names that there are.
 */
public final class UNetNames {
  private static final Pattern BLOCK =
      Pattern.compile(
          "unet\\.(down|up)_blocks\\.(\\d+)\\.(resnets|attentions|downsamplers|upsamplers)\\.\\d+\\.(.+)");
  private static final Pattern MIDDLE =
      Pattern.compile("unet\\.mid_block\\.(resnets|attentions)\\.(\\d+)\\.(.+)");
  private static final Map<String, String> OUTSIDE =
      Map.of(
          "unet.conv_in", "input_blocks.0.0",
          "unet.time_embedding.linear_1", "time_embed.0",
          "unet.time_embedding.linear_2", "time_embed.2",
          "unet.add_embedding.linear_1", "label_emb.0.0",
          "unet.add_embedding.linear_2", "label_emb.0.2",
          "unet.conv_norm_out", "out.0",
          "unet.conv_out", "out.2");
  private static final Map<String, String> IN_RESNET =
      Map.of(
          "norm1", "in_layers.0",
          "conv1", "in_layers.2",
          "time_emb_proj", "emb_layers.1",
          "norm2", "out_layers.0",
          "conv2", "out_layers.3",
          "conv_shortcut", "skip_connection");

  private UNetNames() {}

  /** The native names of those sites that have one; none for another kind of denoiser. */
  public static List<NativeName> of(SiteCatalogue sites) {
    BlockNames blocks = new BlockNames(sites);
    List<NativeName> names = new ArrayList<>();
    for (Site site : sites.all()) {
      path(site.name(), sites, blocks)
          .map(path -> NativeName.of(NativePrefix.DENOISER + path, site.name()))
          .ifPresent(names::add);
    }
    return names;
  }

  private static Optional<String> path(String site, SiteCatalogue sites, BlockNames blocks) {
    Matcher middle = MIDDLE.matcher(site);
    if (middle.matches()) {
      boolean resnet = middle.group(1).equals("resnets");
      int place = resnet ? 2 * Integer.parseInt(middle.group(2)) : 1;
      return Optional.of("middle_block." + place + "." + within(middle.group(1), middle.group(3)));
    }
    Matcher block = BLOCK.matcher(site);
    if (!block.matches()) {
      return Optional.ofNullable(OUTSIDE.get(site));
    }
    String row = block.group(1).equals("down") ? "input_blocks." : "output_blocks.";
    String level = "unet." + block.group(1) + "_blocks." + block.group(2) + ".";
    int place =
        switch (block.group(3)) {
          case "attentions" -> 1;
          case "upsamplers" -> attends(sites, level) ? 2 : 1;
          default -> 0;
        };
    String rest = within(block.group(3), block.group(4));
    return blocks.of(site).map(b -> row + b.number() + "." + place + "." + rest);
  }

  private static boolean attends(SiteCatalogue sites, String level) {
    return sites.all().stream().anyMatch(s -> s.name().startsWith(level + "attentions."));
  }

  private static String within(String part, String name) {
    return switch (part) {
      case "resnets" -> IN_RESNET.getOrDefault(name, name);
      case "downsamplers" -> name.equals("conv") ? "op" : name;
      default -> name;
    };
  }
}
