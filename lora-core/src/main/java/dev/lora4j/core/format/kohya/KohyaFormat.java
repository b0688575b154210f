package dev.lora4j.core.format.kohya;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.KeyAccount;
import dev.lora4j.core.format.KeyAccount.Reason;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.HostTensor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * kohya's flat names of layers, a dot, and the role of the tensor: {@code
 * lora_unet_...lora_down.weight}. LyCORIS writes its methods in the same way.
 */
public final class KohyaFormat implements AdapterFormat {
  private static final String PREFIX = "lora_";

  private final Set<String> roles = Methods.roles();

  @Override
  public String name() {
    return "kohya";
  }

  @Override
  public boolean recognises(TensorStore file) {
    return file.tensors().keySet().stream().anyMatch(k -> role(k).isPresent());
  }

  @Override
  public LoadedAdapter read(String name, TensorStore file, SiteCatalogue base) {
    KeyAccount account = account(file, base);
    refuse(file, account, base);
    KohyaNames names = new KohyaNames(base);
    Map<String, List<Factors>> sites = new HashMap<>();
    Set<String> idle = new TreeSet<>();
    layers(file)
        .forEach(
            (layer, keys) -> {
              Site site = names.site(layer).orElseThrow();
              SiteTensors tensors = tensors(file, site, keys);
              sites.put(site.name(), factors(file, tensors));
              tensors.ignored().keySet().forEach(role -> idle.add(tensors.key(role)));
            });
    return new LoadedAdapter(new Adapter(name, sites, file.metadata()), without(account, idle));
  }

  private static KeyAccount without(KeyAccount account, Set<String> idle) {
    SortedMap<String, String> used = new TreeMap<>(account.used());
    SortedMap<String, Reason> ignored = new TreeMap<>(account.ignored());
    used.keySet().removeAll(idle);
    idle.forEach(key -> ignored.put(key, Reason.NO_EFFECT));
    return new KeyAccount(used, ignored);
  }

  private static List<Factors> factors(TensorStore file, SiteTensors tensors) {
    try {
      return Methods.read(tensors);
    } catch (AdapterException e) {
      throw new AdapterException(file.path() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public KeyAccount account(TensorStore file, SiteCatalogue base) {
    KohyaNames names = new KohyaNames(base);
    SortedMap<String, String> used = new TreeMap<>();
    SortedMap<String, Reason> ignored = new TreeMap<>();
    file.tensors().keySet().forEach(key -> ignored.put(key, Reason.UNKNOWN));
    layers(file)
        .forEach(
            (layer, keys) -> {
              Optional<Site> site = names.site(layer);
              Set<String> complete =
                  site.map(s -> complete(tensors(file, s, keys))).orElse(Set.of());
              keys.forEach(
                  (role, key) -> {
                    if (complete.contains(role)) {
                      ignored.remove(key);
                      used.put(key, site.orElseThrow().name());
                    } else {
                      ignored.put(key, site.isPresent() ? Reason.HALF_A_PAIR : Reason.NO_SITE);
                    }
                  });
            });
    return new KeyAccount(used, ignored);
  }

  /** The roles of methods that have all they need. */
  private static Set<String> complete(SiteTensors tensors) {
    Set<String> complete = new TreeSet<>();
    Methods.all().values().stream()
        .filter(m -> m.recognises(tensors))
        .forEach(m -> complete.addAll(m.roles()));
    return complete;
  }

  /** The keys of each layer by role. */
  private SortedMap<String, SortedMap<String, String>> layers(TensorStore file) {
    SortedMap<String, SortedMap<String, String>> layers = new TreeMap<>();
    for (String key : file.tensors().keySet()) {
      role(key)
          .ifPresent(
              role ->
                  layers.computeIfAbsent(layer(key, role), k -> new TreeMap<>()).put(role, key));
    }
    return layers;
  }

  /** What stands behind the layer's name, which has no dots itself. */
  private Optional<String> role(String key) {
    int dot = key.indexOf('.');
    return Optional.of(key.substring(dot + 1))
        .filter(role -> key.startsWith(PREFIX) && dot > 0 && roles.contains(role));
  }

  private static String layer(String key, String role) {
    return key.substring(0, key.length() - role.length() - 1);
  }

  private static SiteTensors tensors(TensorStore file, Site site, Map<String, String> keys) {
    SiteTensors tensors = new SiteTensors(site);
    keys.forEach((role, key) -> tensors.add(role, key, tensor(file, key)));
    return tensors;
  }

  private static HostTensor tensor(TensorStore file, String key) {
    TensorInfo info =
        Optional.ofNullable(file.tensors().get(key))
            .orElseThrow(() -> new AdapterException(file.path() + " has no tensor " + key + "."));
    return HostTensor.of(info.dtype(), info.shape(), file.read(key));
  }

  private void refuse(TensorStore file, KeyAccount account, SiteCatalogue base) {
    for (Map.Entry<String, Reason> entry : account.ignored().entrySet()) {
      String key = entry.getKey();
      // Left out, such a part would change the picture without a word.
      if (entry.getValue() == Reason.UNKNOWN && key.startsWith(PREFIX)) {
        throw new AdapterException(
            file.path()
                + ": "
                + key
                + " belongs to a method that cannot be read; those that can are "
                + String.join(", ", Methods.all().keySet())
                + ".");
      }
      if (entry.getValue() == Reason.HALF_A_PAIR) {
        throw new AdapterException(
            file.path() + ": " + key + " has no partner; the file is damaged or was cut.");
      }
      if (entry.getValue() == Reason.NO_SITE) {
        String layer = layer(key, role(key).orElse(""));
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
            (site, all) -> {
              SortedMap<String, HostTensor> tensors = new TreeMap<>();
              all.forEach(f -> tensors.putAll(Methods.named(f.method()).write(f)));
              tensors.forEach(
                  (role, t) ->
                      writer.add(
                          KohyaNames.flat(site) + "." + role, t.dtype(), t.shape(), t.bytes()));
            });
    writer.write(file);
  }
}
