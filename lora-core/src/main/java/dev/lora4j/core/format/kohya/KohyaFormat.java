package dev.lora4j.core.format.kohya;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.lora.LoraFactors;
import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.KeyAccount;
import dev.lora4j.core.format.KeyAccount.Reason;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.HostTensor;
import dev.lora4j.core.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** {@code lora_unet_...lora_down.weight}, {@code .lora_up.weight}, {@code .alpha}. */
public final class KohyaFormat implements AdapterFormat {
  private static final String DOWN = ".lora_down.weight";
  private static final String UP = ".lora_up.weight";
  private static final String ALPHA = ".alpha";
  private static final List<String> SUFFIXES = List.of(DOWN, UP, ALPHA);

  @Override
  public String name() {
    return "kohya";
  }

  @Override
  public boolean recognises(TensorStore file) {
    return file.tensors().keySet().stream()
        .anyMatch(k -> k.startsWith("lora_") && k.endsWith(DOWN));
  }

  @Override
  public LoadedAdapter read(String name, TensorStore file, SiteCatalogue base) {
    KeyAccount account = account(file, base);
    refuse(file, account, base);
    KohyaNames names = new KohyaNames(base);
    Map<String, LoraFactors> sites = new HashMap<>();
    for (String layer : layers(file)) {
      names.site(layer).ifPresent(site -> sites.put(site.name(), factors(file, layer, site)));
    }
    return new LoadedAdapter(new Adapter(name, sites, file.metadata()), account);
  }

  @Override
  public KeyAccount account(TensorStore file, SiteCatalogue base) {
    KohyaNames names = new KohyaNames(base);
    SortedMap<String, String> used = new TreeMap<>();
    SortedMap<String, Reason> ignored = new TreeMap<>();
    file.tensors().keySet().forEach(key -> ignored.put(key, Reason.UNKNOWN));
    for (String layer : layers(file)) {
      List<String> keys = present(file, layer);
      boolean pair = keys.contains(layer + DOWN) && keys.contains(layer + UP);
      Optional<Site> site = names.site(layer);
      for (String key : keys) {
        if (pair && site.isPresent()) {
          ignored.remove(key);
          used.put(key, site.get().name());
        } else {
          ignored.put(key, pair ? Reason.NO_SITE : Reason.HALF_A_PAIR);
        }
      }
    }
    return new KeyAccount(used, ignored);
  }

  private static Set<String> layers(TensorStore file) {
    Set<String> layers = new TreeSet<>();
    file.tensors().keySet().forEach(key -> layer(key).ifPresent(layers::add));
    return layers;
  }

  private static Optional<String> layer(String key) {
    return SUFFIXES.stream()
        .filter(s -> key.startsWith("lora_") && key.endsWith(s))
        .map(s -> key.substring(0, key.length() - s.length()))
        .findFirst();
  }

  private static List<String> present(TensorStore file, String layer) {
    return SUFFIXES.stream().map(s -> layer + s).filter(file.tensors()::containsKey).toList();
  }

  private static LoraFactors factors(TensorStore file, String layer, Site site) {
    HostTensor down = tensor(file, layer + DOWN);
    HostTensor up = tensor(file, layer + UP);
    long rank = down.shape().size(0);
    Shape wantedDown = site.weight().with(0, rank);
    Shape wantedUp =
        site.convolution() ? Shape.of(site.out(), rank, 1, 1) : Shape.of(site.out(), rank);
    // A 1x1 convolution and a linear layer are the same mathematics; files have either shape.
    if (down.shape().elements() != wantedDown.elements()
        || up.shape().elements() != wantedUp.elements()) {
      throw new AdapterException(
          file.path()
              + ": "
              + layer
              + " has factors "
              + down.shape()
              + " and "
              + up.shape()
              + ", but the base's layer "
              + site.name()
              + " is "
              + site.weight()
              + "; was the adapter made for another base?");
    }
    double alpha = file.tensors().containsKey(layer + ALPHA) ? number(file, layer + ALPHA) : rank;
    return new LoraFactors(down.reshape(wantedDown), up.reshape(wantedUp), alpha);
  }

  private static HostTensor tensor(TensorStore file, String key) {
    TensorInfo info = info(file, key);
    return HostTensor.of(info.dtype(), info.shape(), file.read(key));
  }

  private static TensorInfo info(TensorStore file, String key) {
    return Optional.ofNullable(file.tensors().get(key))
        .orElseThrow(() -> new AdapterException(file.path() + " has no tensor " + key + "."));
  }

  private static double number(TensorStore file, String key) {
    TensorInfo info = info(file, key);
    ByteBuffer bytes = file.read(key);
    return switch (info.dtype()) {
      case F64 -> bytes.getDouble();
      case F32 -> bytes.getFloat();
      case F16 -> half(bytes.getShort());
      case BF16 -> Float.intBitsToFloat(bytes.getShort() << 16);
      case I64 -> bytes.getLong();
      case I32 -> bytes.getInt();
      default ->
          throw new AdapterException(
              file.path() + ": " + key + " is " + info.dtype() + "; an alpha is a number.");
    };
  }

  /** IEEE 754 binary16 to float. */
  private static float half(short bits) {
    int exponent = bits >> 10 & 0x1f;
    float fraction = (bits & 0x3ff) / 1024f;
    float magnitude =
        switch (exponent) {
          case 0 -> Math.scalb(fraction, -14);
          case 0x1f -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
          default -> Math.scalb(1 + fraction, exponent - 15);
        };
    return bits < 0 ? -magnitude : magnitude;
  }

  private static void refuse(TensorStore file, KeyAccount account, SiteCatalogue base) {
    for (Map.Entry<String, Reason> entry : account.ignored().entrySet()) {
      String key = entry.getKey();
      // Left out, such a part would change the picture without a word.
      if (entry.getValue() == Reason.UNKNOWN && key.startsWith("lora_")) {
        throw new AdapterException(
            file.path()
                + ": "
                + key
                + " belongs to a method that cannot be read yet; only LoRA (lora_down, lora_up,"
                + " alpha) can.");
      }
      if (entry.getValue() == Reason.HALF_A_PAIR) {
        throw new AdapterException(
            file.path() + ": " + key + " has no partner; the file is damaged or was cut.");
      }
      if (entry.getValue() == Reason.NO_SITE) {
        String layer = layer(key).orElse(key);
        String dotted =
            layer.replaceFirst("^lora_unet_", "unet.").replaceFirst("^lora_te_", "text_encoder.");
        throw new AdapterException(
            file.path()
                + ": the base has no layer for "
                + layer
                + " ("
                + account.summary()
                + "). Nearest: "
                + String.join(", ", base.nearest(dotted, 2))
                + ". The adapter was made for another base.");
      }
    }
    if (account.used().isEmpty()) {
      throw new AdapterException(
          file.path() + " has no factor that this base can use (" + account.summary() + ").");
    }
  }

  @Override
  public void write(Adapter adapter, Path file) {
    SafetensorsWriter writer = new SafetensorsWriter().metadata(adapter.metadata());
    adapter
        .sites()
        .forEach(
            (site, factors) -> {
              String layer = KohyaNames.flat(site);
              add(writer, layer + DOWN, factors.down());
              add(writer, layer + UP, factors.up());
              add(writer, layer + ALPHA, HostTensor.of(Shape.of(), (float) factors.alpha()));
            });
    writer.write(file);
  }

  private static void add(SafetensorsWriter writer, String key, HostTensor tensor) {
    DType dtype = tensor.dtype();
    writer.add(key, dtype, tensor.shape(), tensor.bytes());
  }
}
