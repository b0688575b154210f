package dev.lora4j.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Plug-ins are written as anybody's: against what the libraries' modules export. */
class ExportedPackagesTest {
  private static final Set<String> EXPORTED = new TreeSet<>();
  private static final Set<String> INTERNAL = new TreeSet<>();

  static {
    for (Path classes : House.existing("target/classes")) {
      Path module = classes.resolve("module-info.class");
      if (Files.exists(module)) {
        try (InputStream in = Files.newInputStream(module)) {
          ModuleDescriptor known = ModuleDescriptor.read(in, () -> Packages.below(classes));
          known.exports().stream()
              .filter(e -> !e.isQualified())
              .map(ModuleDescriptor.Exports::source)
              .forEach(EXPORTED::add);
          INTERNAL.addAll(known.packages());
        } catch (IOException e) {
          throw new ExceptionInInitializerError(e);
        }
      }
    }
    INTERNAL.removeAll(EXPORTED);
  }

  private static final DescribedPredicate<JavaClass> HIDDEN =
      describe("in a package that is not exported", c -> INTERNAL.contains(c.getPackageName()));

  @Test
  void pluginsUseExportedPackagesOnly() {
    plugins("dev.lora4j.mixers..", "dev.lora4j.onnx..", "dev.lora4j.testkit..", "org.example..")
        .check(House.CLASSES);
  }

  /** The rule sees something: the core itself uses what it does not export. */
  @Test
  void exportRuleFindsAViolation() {
    assertTrue(EXPORTED.size() > 40, "exported: " + EXPORTED);
    assertTrue(INTERNAL.contains("dev.lora4j.core.tensor.djl"), "internal: " + INTERNAL);
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
    List<String> silent = new ArrayList<>();
    for (String exported : EXPORTED) {
      String file = "src/main/java/" + exported.replace('.', '/') + "/package-info.java";
      boolean marked = false;
      for (Path module : House.MODULES) {
        Path source = module.resolve(file);
        marked |= Files.exists(source) && Files.readString(source).contains("@API(status = ");
      }
      boolean listed =
          documented.contains("`" + exported + "`") || exported.startsWith("dev.lora4j.mixers");
      if (!marked || !listed) {
        silent.add(exported);
      }
    }
    assertEquals(List.of(), silent);
  }
}
