package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.spi.ExtensionException;
import dev.lora4j.spi.ExtensionInfo;
import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.spi.ExtensionType;
import dev.lora4j.spi.Extensions;
import dev.lora4j.spi.SettingInfo;
import dev.lora4j.spi.SettingRange;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** Contract of every extension, whatever its point. */
public abstract class ExtensionContract<T> {
  private final Class<T> point;
  private final ExtensionRequest request;

  /**
   * Tests an extension on the class path.
   *
   * @param request its name and settings, for example {@code ties:density=0.3}
   */
  protected ExtensionContract(Class<T> point, String request) {
    this.point = point;
    this.request = ExtensionRequest.parse(request);
  }

  /** A new instance of the extension. */
  protected final T extension() {
    return Extensions.installed().make(point, request);
  }

  /** Description of the extension, read without its class. */
  protected final ExtensionInfo info() {
    return Extensions.installed()
        .find(point, request.name())
        .map(Extensions.Installed::info)
        .orElseThrow(() -> new AssertionError(request.name() + " is not listed"));
  }

  @Test
  void indexMatchesTheClass() {
    assertEquals(ExtensionType.of(extension().getClass()), info());
  }

  @Test
  void helpDescribesTheExtension() {
    assertFalse(info().help().isBlank(), "no help");
    info().settings().forEach(s -> assertFalse(s.help().isBlank(), s.name() + " has no help"));
  }

  @Test
  void theSameSettingsMakeTheSame() {
    if (extension() instanceof Record) {
      assertEquals(extension(), extension());
      assertEquals(extension().hashCode(), extension().hashCode());
      assertEquals(extension().toString(), extension().toString());
    }
  }

  @Test
  void unknownSettingIsRefused() {
    assertTrue(refusal("no-such-setting", "1").contains("no-such-setting"));
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    for (SettingInfo setting : info().settings()) {
      for (double number : outside(setting.range())) {
        String value = String.valueOf(Math.rint(number) == number ? (long) number : number);
        assertTrue(refusal(setting.name(), value).contains(setting.name()));
      }
    }
  }

  /** Numbers beyond each of its bounds. */
  private static List<Double> outside(SettingRange range) {
    return DoubleStream.of(
            Math.floor(range.min()) - 1, range.above(), Math.ceil(range.max()) + 1, range.below())
        .filter(Double::isFinite)
        .boxed()
        .toList();
  }

  private String refusal(String name, String value) {
    Map<String, Object> settings = new HashMap<>(request.settings());
    settings.put(name, value);
    ExtensionRequest wrong = new ExtensionRequest(request.name(), settings);
    ExtensionException thrown =
        assertThrows(
            ExtensionException.class,
            () -> Extensions.installed().make(point, wrong),
            name + "=" + value + " is taken");
    return String.valueOf(thrown.getMessage());
  }
}
