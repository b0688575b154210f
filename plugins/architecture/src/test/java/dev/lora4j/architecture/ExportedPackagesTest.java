package dev.lora4j.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Plug-ins are written as anybody's: against what the libraries' modules export. */
class ExportedPackagesTest {
  private static final Set<String> INTERNAL = Exports.withStatus("INTERNAL");
  private static final DescribedPredicate<JavaClass> HIDDEN =
      describe(
          "in a package that is not exported, or internal",
          c ->
              Exports.HIDDEN.contains(c.getPackageName()) || INTERNAL.contains(c.getPackageName()));

  @Test
  void pluginsUseExportedPackagesOnly() {
    plugins("dev.lora4j.mixers..", "dev.lora4j.onnx..", "dev.lora4j.testkit..", "org.example..")
        .check(House.CLASSES);
  }

  /** The rule sees something: the core itself uses what it does not export. */
  @Test
  void exportRuleFindsAViolation() {
    assertTrue(Exports.EXPORTED.size() > 40, "exported: " + Exports.EXPORTED);
    assertTrue(
        Exports.HIDDEN.contains("dev.lora4j.core.tensor.djl"), "internal: " + Exports.HIDDEN);
    assertTrue(
        plugins("dev.lora4j.core.tensor.djl").evaluate(House.CLASSES).hasViolation(),
        "the package of the engine uses itself");
  }

  private static ArchRule plugins(String... packages) {
    return noClasses().that().resideInAnyPackage(packages).should().dependOnClassesThat(HIDDEN);
  }

  @Test
  void exportedPackagesAreMarkedAndDocumented() throws IOException {
    String documented =
        Files.readString(House.ROOT.resolve("docs/plugins.md"), StandardCharsets.UTF_8);
    Set<String> listed = new TreeSet<>(Exports.EXPORTED);
    listed.removeIf(p -> !documented.contains("`" + p + "`") && !p.startsWith("dev.lora4j.mixers"));
    Set<String> promised = new TreeSet<>(Exports.withStatus("MAINTAINED"));
    promised.addAll(Exports.withStatus("EXPERIMENTAL"));
    assertEquals(promised, listed);
  }
}
