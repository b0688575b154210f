package dev.lora4j.cli.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An adapter that was just trained, as each command takes it: in words and in JSON it works, or is
 * refused for a reason that names the method.
 *
 * @param method it was trained by
 * @param base it was trained on
 * @param title what the base is called where it is not named
 */
public record TriedAdapter(Path file, String method, Path base, String title) {
  /** Methods that PEFT's layout alone has a form for. */
  public static final Set<String> OF_PEFT =
      Set.of("miss", "gralora", "hira", "hydra", "mora", "oft", "boft", "shira", "vera");

  /** T-LoRA that is stored as LyCORIS stores it. */
  public static final String LYCORIS_TLORA = "tlora in its own form";

  /** What files are of, where that is called otherwise than what trains them. */
  private static final Map<String, String> STORED =
      Map.of(
          "full",
          "diff",
          "shira",
          "sparse",
          "sparse-lora",
          "lora",
          "lora-fa",
          "lora",
          "tlora",
          "lora",
          LYCORIS_TLORA,
          "tlora",
          "relora",
          "lora",
          "rank-growth",
          "lora");

  private static final String DEPENDS = "Their effect depends on the weight they act on";
  private static final String INPUT = "Their effect depends on the layer's input";
  private static final String BAKE = "bake the adapter into its base and extract";
  private static final String PEFT = "Write PEFT's layout";
  private static final String LORA = "diffusers loads LoRA and DoRA alone";

  /** Right refusals by method and command; what else a command is asked for works. */
  private static final Map<String, Map<String, String>> REFUSED =
      Map.ofEntries(
          Map.entry(
              "dora",
              transform(
                  Map.of(
                      "convert diffusers", "has no form for dora_scale",
                      "convert peft", "has no form for dora_scale"))),
          Map.entry("loha", Map.of("convert diffusers", LORA)),
          Map.entry("lokr", Map.of("convert diffusers", LORA)),
          Map.entry("ia3", transform(Map.of("convert diffusers", BAKE, "convert peft", BAKE))),
          Map.entry("diag-oft", transform(Map.of("convert diffusers", BAKE, "convert peft", BAKE))),
          Map.entry(
              LYCORIS_TLORA, transform(Map.of("convert diffusers", BAKE, "convert peft", BAKE))),
          Map.entry("shira", Map.of("convert diffusers", LORA, "convert kohya", PEFT)),
          Map.entry("miss", Map.of("convert diffusers", LORA, "convert kohya", PEFT)),
          Map.entry("vera", Map.of("convert diffusers", LORA, "convert kohya", PEFT)),
          Map.entry("gralora", Map.of("convert diffusers", LORA, "convert kohya", PEFT)),
          Map.entry("mora", Map.of("convert diffusers", LORA, "convert kohya", PEFT)),
          Map.entry("hira", transform(Map.of("convert diffusers", BAKE, "convert kohya", PEFT))),
          Map.entry("hydra", routed()),
          Map.entry("oft", transform(Map.of("convert diffusers", BAKE, "convert kohya", PEFT))),
          Map.entry("boft", transform(Map.of("convert diffusers", BAKE, "convert kohya", PEFT))),
          Map.entry(
              "full",
              Map.of(
                  "convert diffusers",
                  "Write kohya's layout",
                  "convert peft",
                  "has no form for it")));

  /** Those of a method whose effect depends on the layer's input. */
  private static Map<String, String> routed() {
    Map<String, String> all =
        new HashMap<>(
            Map.of("convert diffusers", PEFT, "convert kohya", PEFT, "bake", "cannot be merged"));
    for (String command : List.of("resize", "merge", "compare", "mix")) {
      all.put(command, INPUT);
    }
    return all;
  }

  /** Those of a method whose effect depends on the weight. */
  private static Map<String, String> transform(Map<String, String> refused) {
    Map<String, String> all = new HashMap<>(refused);
    for (String command : List.of("resize", "merge", "compare", "mix")) {
      all.put(command, DEPENDS);
    }
    return all;
  }

  /** Its base is known without being named, and all of its layers are the base's. */
  public void inspected() {
    Run run = Run.of("inspect", file);
    assertEquals(0, run.code(), run.out() + run.err());
    assertTrue(run.out().startsWith(file + ": adapter for " + title), run.out());
    assertTrue(run.out().contains("which is here: " + title), run.out());
    JsonObject found = Run.of("inspect", file, "--json").json();
    assertTrue(found.get("usable").getAsBoolean(), run.out());
    assertEquals(title, found.get("for").getAsString());
    assertTrue(found.getAsJsonObject("trained_on").get("here").getAsBoolean());
    JsonObject modules = found.getAsJsonObject("modules");
    assertEquals(modules.get("total"), modules.get("matched"));
    JsonObject keys = found.getAsJsonObject("keys");
    keys.getAsJsonArray("ignored").forEach(TriedAdapter::requireWithoutEffect);
    String methods = found.getAsJsonObject("methods").keySet().toString();
    assertTrue(methods.contains(STORED.getOrDefault(method, method)), methods);
  }

  /** LyCORIS writes an alpha for each LoKr, also where both factors are whole. */
  private static void requireWithoutEffect(JsonElement ignored) {
    JsonObject key = ignored.getAsJsonObject();
    assertTrue(key.get("key").getAsString().endsWith(".alpha"), key.toString());
    assertEquals("no effect in its method", key.get("reason").getAsString());
  }

  /** Each layout that takes the method has the same base, and reads as the same adapter. */
  public void converted() {
    for (String layout : List.of("kohya", "diffusers", "peft")) {
      String ending = layout.equals("peft") ? "" : ".safetensors";
      for (String form : List.of("", "--json")) {
        Path out = beside(layout + form + ending);
        if (tried("convert " + layout, form, "convert", file, out, "--to=" + layout)) {
          Run run = Run.of("inspect", out);
          assertEquals(0, run.code(), run.out());
          assertTrue(run.out().startsWith(out + ": adapter for " + title), run.out());
        }
      }
    }
    if (method.equals("dora")) {
      Run run = Run.of("convert", file, beside("rewritten"), "--to=peft", "--rewrite");
      assertEquals(0, run.code(), "what the refusal advises: " + run.err());
    }
  }

  /** What is computed of it without the base. */
  public void computed() {
    Path small = beside("small.safetensors");
    Path sum = beside("sum.safetensors");
    for (String form : List.of("", "--json")) {
      if (tried("resize", form, "resize", file, "-o", small, "--rank=1")) {
        assertEquals(0, Run.of("inspect", small).code(), "resized");
      }
      if (tried("merge", form, "merge", file + ":0.5", file + ":0.25", "-o", sum)) {
        assertEquals(0, Run.of("inspect", sum).code(), "merged");
      }
      tried("merge", form, "merge", file, file, "-o", sum, "--mixer=svd", "--rank=2");
      tried("compare", form, "compare", file, file);
      tried("mix", form, "mix", "--explain", file, file, "-o", beside("mix.png"));
    }
  }

  /** Written into its base, if weights have its effect. */
  public void baked() {
    for (String form : List.of("", "--json")) {
      Path out = beside("baked" + form);
      if (REFUSED.getOrDefault(method, Map.of()).containsKey("bake")) {
        assertFalse(tried("bake", form, "bake", "--base=" + base, file, "-o", out));
        assertFalse(Files.exists(out), "nothing is left of it");
        continue;
      }
      Run run = run(form, "bake", "--base=" + base, file, "-o", out);
      assertEquals(0, run.code(), run.err());
      assertFalse(run.err().contains("was trained on"), run.err());
      assertTrue(Files.exists(out));
    }
  }

  /** Used on its base; of another base nothing is told. */
  public void used(Object... words) {
    Run run = Run.of(words);
    assertEquals(0, run.code(), run.err());
    assertFalse(run.err().contains("was trained on"), run.err());
  }

  private Path beside(String name) {
    return file.resolveSibling(file.getFileName() + "-" + name);
  }

  private static Run run(String form, Object... words) {
    List<Object> all = new ArrayList<>(List.of(words));
    if (!form.isEmpty()) {
      all.add(form);
    }
    return Run.of(all.toArray());
  }

  /** Whether it works; that it is refused where it should be, and for that reason. */
  private boolean tried(String command, String form, Object... words) {
    Run run = run(form, words);
    String why = REFUSED.getOrDefault(method, Map.of()).getOrDefault(command, "");
    if (why.isEmpty()) {
      assertEquals(0, run.code(), command + ": " + run.err());
      assertTrue(form.isEmpty() || run.json().size() > 1, run.out());
      return true;
    }
    assertEquals(1, run.code(), command + ": " + run.out());
    assertEquals("", run.out(), command);
    assertTrue(run.err().contains(why), run.err());
    return false;
  }
}
