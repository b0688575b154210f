package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.spi.Extensions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;

/**
 * Contract of kinds of networks that a {@code config.json} selects, whatever the networks are for.
 *
 * @param folder where configurations are written
 * @param whole a configuration with all optional fields
 */
record ConfiguredFamily<F>(
    Path folder,
    String whole,
    F family,
    BiPredicate<F, ConfigFile> recognises,
    BiFunction<F, ConfigFile, Object> network) {

  /** The configuration as a file. */
  ConfigFile own() {
    return file(whole);
  }

  private ConfigFile file(String text) {
    try {
      Path file = Files.createTempFile(folder, "config", ".json");
      return ConfigFile.read(Files.writeString(file, text));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private JsonObject json() {
    return JsonParser.parseString(whole).getAsJsonObject();
  }

  /** One kind alone knows it, and that kind does not know somebody else's. */
  void requireOwn(Class<F> point, String name, String foreign) {
    ConfigFile own = own();
    List<String> claiming =
        Extensions.installed().shared(point).entrySet().stream()
            .filter(e -> recognises.test(e.getValue(), own))
            .map(Map.Entry::getKey)
            .toList();
    assertEquals(List.of(name), claiming, "who knows its configuration");
    assertFalse(recognises.test(family, file(foreign)), "it knows somebody else's");
  }

  /**
   * Requires that a configuration without one of its keys works, or is refused with the names of
   * key and file.
   */
  void requireCutsTakenOrRefused() {
    for (String key : new TreeSet<>(json().keySet())) {
      JsonObject cut = json();
      cut.remove(key);
      ConfigFile file = file(cut.toString());
      if (recognises.test(family, file)) {
        try {
          assertNotNull(network.apply(family, file));
        } catch (ModelException e) {
          String told = String.valueOf(e.getMessage());
          assertTrue(told.contains(key) && told.contains(file.file().toString()), told);
        }
      }
    }
  }

  /** Requires that networks are equal by their sizes, which are in their canonical form. */
  void requireValues() {
    Object one = network.apply(family, own());
    Object same = network.apply(family, own());
    assertEquals(one, same);
    assertEquals(one.hashCode(), same.hashCode());
    assertEquals(told(one), told(same));
    for (String key : new TreeSet<>(json().keySet())) {
      JsonObject other = json();
      if (other.get(key).isJsonPrimitive() && other.getAsJsonPrimitive(key).isNumber()) {
        other.addProperty(key, 2 * other.get(key).getAsInt());
        requireEqualAsTold(one, file(other.toString()), key);
      }
    }
  }

  /** Sizes of a network as text; the canonical one, where a digest has it. */
  private static String told(Object network) {
    return network instanceof Canonical canonical ? canonical.canonical() : network.toString();
  }

  /** A number that would change the mathematics may be refused. */
  private void requireEqualAsTold(Object one, ConfigFile file, String key) {
    try {
      Object made = network.apply(family, file);
      assertEquals(made.equals(one), told(made).equals(told(one)), "other " + key);
    } catch (ModelException e) {
      assertTrue(String.valueOf(e.getMessage()).contains(key), "refused without its name: " + key);
    }
  }
}
