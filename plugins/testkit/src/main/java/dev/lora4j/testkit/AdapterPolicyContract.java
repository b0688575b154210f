package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.reading.AdapterPolicy;
import dev.lora4j.core.format.reading.AdapterPolicy.Use;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Contract of {@link AdapterPolicy}. Extend it for yours, with adapters that it refuses and
 * permits.
 */
public abstract class AdapterPolicyContract extends ExtensionContract<AdapterPolicy> {
  private final Use refused;
  private final Use permitted;

  /**
   * Tests a policy on the class path.
   *
   * @param name without settings: the tests take the defaults
   * @param refused an adapter that it does not permit
   * @param permitted one that it does
   */
  protected AdapterPolicyContract(String name, Use refused, Use permitted) {
    super(AdapterPolicy.class, name);
    this.refused = refused;
    this.permitted = permitted;
  }

  @Test
  void refusalHasAReason() {
    Optional<String> reason = extension().refusal(refused);
    assertTrue(reason.isPresent(), refused + " is permitted");
    assertFalse(reason.get().isBlank(), "no reason");
  }

  @Test
  void permittedAdapterIsPermitted() {
    assertEquals(Optional.empty(), extension().refusal(permitted));
  }

  @Test
  void anyRequestGetsAnAnswer() {
    for (Use strange :
        List.of(
            new Use(Path.of(""), "", Map.of(), ""),
            new Use(Path.of("/"), "0", Map.of("", ""), " "),
            new Use(
                Path.of("a.safetensors"), "f".repeat(64), Map.of("modelspec.license", ""), "\n"))) {
      assertTrue(extension().refusal(strange).map(r -> !r.isBlank()).orElse(true));
    }
  }

  @Test
  void theSameAdapterGetsTheSameAnswer() throws Exception {
    AdapterPolicy policy = extension();
    ManyThreads.agree(
        () -> {
          List<Optional<String>> answers = new ArrayList<>();
          for (int i = 0; i < 20; i++) {
            answers.add(policy.refusal(refused));
            answers.add(policy.refusal(permitted));
          }
          return answers;
        });
  }

  @Test
  void everySettingHasADefault() {
    assertTrue(info().ready(), "a setting has no default");
  }
}
