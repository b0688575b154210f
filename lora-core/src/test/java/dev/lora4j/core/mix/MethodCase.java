package dev.lora4j.core.mix;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Tensors of an adapter for one layer, and what a reference makes of them; written by
 * golden/methods.
 */
record MethodCase(
    String name,
    String method,
    Site site,
    DType dtype,
    Map<String, HostTensor> roles,
    Map<String, String> settings,
    Map<String, HostTensor> layer,
    List<Merged> merged,
    List<Output> outputs) {
  /** Weight and, if it changed, bias; {@code error} is the reference's own in F32. */
  record Merged(double strength, double error, Map<String, HostTensor> parameters) {}

  /** The output of the layer, there called {@code site}, at strength 1. */
  record Output(Site site, HostTensor y) {}

  private static final Path FOLDER = folder();
  static final List<MethodCase> ALL = load();

  private static Path folder() {
    try {
      return Path.of(
              Objects.requireNonNull(
                      MethodCase.class.getResource("/dev/lora4j/core/adapter/methods/cases.json"))
                  .toURI())
          .getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<MethodCase> load() {
    List<MethodCase> cases = new ArrayList<>(load("tensors.safetensors", "cases.json"));
    cases.addAll(load("mora.safetensors", "mora.json"));
    cases.addAll(load("tlora.safetensors", "tlora.json"));
    return List.copyOf(cases);
  }

  private static List<MethodCase> load(String tensors, String described) {
    List<MethodCase> cases = new ArrayList<>();
    try (Safetensors file = Safetensors.open(FOLDER.resolve(tensors))) {
      JsonObject root =
          JsonParser.parseString(Files.readString(FOLDER.resolve(described))).getAsJsonObject();
      for (JsonElement each : root.getAsJsonArray("cases")) {
        JsonObject json = each.getAsJsonObject();
        String layer = json.get("layer").getAsString();
        cases.add(of(file, root.getAsJsonObject("layers").getAsJsonObject(layer), json));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.copyOf(cases);
  }

  private static MethodCase of(Safetensors file, JsonObject layer, JsonObject json) {
    String name = json.get("name").getAsString();
    String key = name.replace(' ', '-') + "/";
    String on = json.get("layer").getAsString();
    Map<String, HostTensor> parameters = new TreeMap<>();
    for (String part : List.of("weight", "bias", "x")) {
      if (file.tensors().containsKey(on + "/" + part)) {
        parameters.put(part, tensor(file, on + "/" + part));
      }
    }
    Site site = site(on, layer, parameters.containsKey("bias"), new int[] {1, 0, 1});
    Map<String, HostTensor> roles = new TreeMap<>();
    for (JsonElement role : json.getAsJsonArray("roles")) {
      roles.put(role.getAsString(), tensor(file, key + role.getAsString()));
    }
    Map<String, String> settings = new TreeMap<>();
    json.getAsJsonObject("settings")
        .asMap()
        .forEach((setting, value) -> settings.put(setting, value.getAsString()));
    List<Merged> merged = new ArrayList<>();
    for (JsonElement each : json.getAsJsonArray("merged")) {
      JsonObject m = each.getAsJsonObject();
      Map<String, HostTensor> changed = new TreeMap<>();
      for (String part : List.of("weight", "bias")) {
        if (m.has(part)) {
          changed.put(part, tensor(file, m.get(part).getAsString()));
        }
      }
      merged.add(
          new Merged(m.get("strength").getAsDouble(), m.get("error").getAsDouble(), changed));
    }
    List<Output> outputs = new ArrayList<>();
    for (JsonElement each : json.getAsJsonArray("outputs")) {
      JsonObject o = each.getAsJsonObject();
      int[] geometry = {
        o.get("stride").getAsInt(), o.get("padding").getAsInt(), o.get("dilation").getAsInt()
      };
      outputs.add(
          new Output(
              site(on, layer, site.bias(), geometry), tensor(file, o.get("y").getAsString())));
    }
    return new MethodCase(
        name,
        json.get("method").getAsString(),
        site,
        DType.valueOf(json.get("dtype").getAsString()),
        roles,
        settings,
        parameters,
        merged,
        outputs);
  }

  private static Site site(String name, JsonObject layer, boolean bias, int[] geometry) {
    long[] sizes =
        layer.getAsJsonArray("weight").asList().stream()
            .mapToLong(JsonElement::getAsLong)
            .toArray();
    return new Site(
        "unet." + name,
        Site.Kind.valueOf(layer.get("kind").getAsString()),
        Shape.of(sizes),
        bias,
        geometry[0],
        geometry[1],
        geometry[2],
        layer.get("groups").getAsInt());
  }

  private static HostTensor tensor(Safetensors file, String name) {
    TensorInfo info = Objects.requireNonNull(file.tensors().get(name), name);
    return HostTensor.of(info.dtype(), info.shape(), file.read(name));
  }

  /** The same on a layer of another name, with these tensors; of no reference. */
  MethodCase at(Site other, Map<String, HostTensor> tensors) {
    return new MethodCase(
        name, method, other, dtype, tensors, settings, layer, List.of(), List.of());
  }

  /** What a dialect would hand to the methods. */
  SiteTensors tensors() {
    return tensors(roles, settings);
  }

  SiteTensors tensors(Map<String, HostTensor> with, Map<String, String> configured) {
    SiteTensors tensors = new SiteTensors(site);
    with.forEach((role, value) -> tensors.add(role, "key." + role, value));
    configured.forEach(tensors::set);
    return tensors;
  }

  List<Factors> factors() {
    return Methods.read(tensors());
  }

  Adapter adapter(List<Factors> factors) {
    return new Adapter(name, Map.of(site.name(), factors), Map.of());
  }

  @Override
  public String toString() {
    return name;
  }
}
