package dev.lora4j.core.format.dialect;

import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.KeyAccount.Reason;
import dev.lora4j.core.format.KeyAddress;
import dev.lora4j.core.format.KeyContext;
import dev.lora4j.core.format.LayerNames;
import dev.lora4j.spi.Extension;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * cloneofsimo's lora_diffusion, the first of all: {@code unet:0:up}, {@code text_encoder:7:down}.
 * Layers are counted in the order in which the model of that time lists its modules: down, up and
 * middle blocks; in each block self-attention, the first linear layer of the feed-forward part, and
 * cross-attention; in CLIP key, value, query and output.
 */
@Extension(
    point = AdapterFormat.class,
    name = "lora-diffusion",
    help = "cloneofsimo's lora_diffusion, the first of all")
public final class LoraDiffusionDialect implements AdapterFormat {
  private static final Pattern KEY = Pattern.compile("(unet|text_encoder):(\\d{1,6}):(up|down)");
  private static final Pattern WORD = Pattern.compile("<[^>]+>");
  private static final Pattern BLOCK =
      Pattern.compile("(unet\\..*\\.transformer_blocks\\.\\d+)\\.attn1\\.to_q");
  private static final Pattern ENCODER_LAYER =
      Pattern.compile("(text_encoder\\..*\\.self_attn)\\.k_proj");

  private static final List<String> IN_BLOCK =
      List.of(
          "attn1.to_q",
          "attn1.to_k",
          "attn1.to_v",
          "attn1.to_out.0",
          "ff.net.0.proj",
          "attn2.to_q",
          "attn2.to_k",
          "attn2.to_v",
          "attn2.to_out.0");

  private static final List<String> IN_ATTENTION =
      List.of("k_proj", "v_proj", "q_proj", "out_proj");

  private static final List<String> ORDER = List.of("unet.down", "unet.up", "unet.mid");

  @Override
  public Optional<KeyAddress> resolve(String key, KeyContext context) {
    if (WORD.matcher(key).matches() && context.metadata().containsKey(key)) {
      return Optional.of(new KeyAddress.OtherTensor(Reason.EMBEDDING));
    }
    Matcher parts = KEY.matcher(key);
    return parts.matches() ? Optional.of(address(parts, context)) : Optional.empty();
  }

  private static KeyAddress address(Matcher key, KeyContext context) {
    String model = key.group(1);
    int index = Integer.parseInt(key.group(2));
    String role = key.group(3).equals("up") ? LoraMethod.UP : LoraMethod.DOWN;
    String spelled = model + ":" + index;
    // With these targets the convolutions are counted too, in an order of their own.
    if (context.metadata().getOrDefault(model, "").contains("Resnet")) {
      return new KeyAddress.OtherTensor(Reason.UNKNOWN_METHOD);
    }
    LayerNames names = context.names();
    Optional<String> site =
        model.equals("unet")
            ? site(names, BLOCK, IN_BLOCK, index)
            : site(names, ENCODER_LAYER, IN_ATTENTION, index);
    return site.flatMap(names::canonical)
        .<KeyAddress>map(layer -> new KeyAddress.KnownLayer(spelled, layer, role))
        .orElseGet(() -> new KeyAddress.UnknownLayer(spelled, spelled, !names.has(model)));
  }

  private static Optional<String> site(
      LayerNames names, Pattern first, List<String> inside, int index) {
    List<String> blocks =
        names.beginnings(first).stream()
            .sorted(Comparator.comparingInt(LoraDiffusionDialect::order))
            .toList();
    int block = index / inside.size();
    return block < blocks.size()
        ? Optional.of(blocks.get(block) + "." + inside.get(index % inside.size()))
        : Optional.empty();
  }

  private static int order(String block) {
    return (int) ORDER.stream().takeWhile(start -> !block.startsWith(start)).count();
  }
}
