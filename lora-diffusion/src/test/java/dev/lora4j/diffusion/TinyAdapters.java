package dev.lora4j.diffusion;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.SiteWeights;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Adapters for the tiny bases, and the latents that the real tools end with. */
public final class TinyAdapters implements AutoCloseable {
  public static final Path FOLDER = Path.of("src/test/resources/adapters");

  private final Safetensors golden = Safetensors.open(FOLDER.resolve("golden.safetensors"));

  /** What was made: a name, {@code sd} or {@code xl}, and adapters with their weights. */
  public record Case(String name, String base, List<Part> parts) {
    @Override
    public String toString() {
      return name;
    }

    /** Its adapters, read for a base. */
    public MixPlan plan(StableDiffusion sd) {
      MixPlan plan = MixPlan.NONE;
      for (Part part : parts) {
        Adapter adapter = sd.adapter(FOLDER.resolve(part.file()));
        plan = plan.with(adapter, Weight.of(part.weight()), part.sharesOf(sd));
      }
      return plan;
    }
  }

  /** An adapter's file, its weight, and what of it counts at sites whose names begin so. */
  public record Part(String file, double weight, Map<String, Double> shares) {
    private SiteWeights sharesOf(StableDiffusion sd) {
      SortedMap<String, Double> bySite = new TreeMap<>();
      sd.sites()
          .all()
          .forEach(
              site ->
                  shares.forEach(
                      (start, share) -> {
                        if (site.name().startsWith(start)) {
                          bySite.put(site.name(), share);
                        }
                      }));
      return new SiteWeights("test", bySite);
    }
  }

  public List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (JsonElement each : JsonParser.parseString(told("cases")).getAsJsonArray()) {
      JsonObject made = each.getAsJsonObject();
      List<Part> parts = new ArrayList<>();
      for (JsonElement element : made.getAsJsonArray("parts")) {
        JsonObject part = element.getAsJsonObject();
        Map<String, Double> shares = new TreeMap<>();
        part.getAsJsonObject("shares")
            .entrySet()
            .forEach(e -> shares.put(e.getKey(), e.getValue().getAsDouble()));
        double weight = part.get("weight").getAsDouble();
        parts.add(new Part(part.get("file").getAsString(), weight, shares));
      }
      cases.add(new Case(made.get("name").getAsString(), made.get("base").getAsString(), parts));
    }
    return cases;
  }

  /** What was asked for, without adapters. */
  public Prompt prompt(String base) {
    return Prompt.of(told("prompt"))
        .negative(told("negative"))
        .steps(Integer.parseInt(told("steps")))
        .guidance(Double.parseDouble(told("guidance")))
        .sampler(base.equals("sd") ? "ddim" : "euler");
  }

  private String told(String key) {
    return String.valueOf(golden.metadata().get(key));
  }

  public float[] floats(String name) {
    float[] values = new float[(int) golden.tensors().get(name).shape().elements()];
    ByteBuffer bytes = golden.read(name);
    for (int i = 0; i < values.length; i++) {
      values[i] = bytes.getFloat();
    }
    return values;
  }

  @Override
  public void close() {
    golden.close();
  }
}
