package dev.lora4j.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.THROW_GENERIC_EXCEPTIONS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final int LONGEST_FILE = 500;

  /** A rule that saw nothing passes as well, so this looks first. */
  @Test
  void everySourceFileWasScanned() {
    Set<String> scanned =
        House.CLASSES.stream()
            .filter(JavaClass::isTopLevelClass)
            .map(c -> c.getName().replace('.', '/') + ".java")
            .collect(Collectors.toSet());
    Set<String> missing = new TreeSet<>();
    for (Path folder : House.existing("src/main/java")) {
      for (Path file : House.sources(folder)) {
        missing.add(folder.relativize(file).toString().replace('\\', '/'));
      }
    }
    assertTrue(missing.size() >= 40, "found only " + missing.size() + " source files");
    missing.removeAll(scanned);
    // These two compile to no class when they carry no annotation.
    missing.removeIf(f -> f.endsWith("package-info.java") || f.endsWith("module-info.java"));
    assertEquals(Set.of(), missing, "compiled classes of these files were not found");
  }

  /** It carries {@code @NullMarked}, without which nothing in the package is checked for null. */
  @Test
  void everyPackageIsDescribedAndNullMarked() throws IOException {
    List<String> without = new ArrayList<>();
    for (Path folder : House.existing("src/main/java")) {
      for (Path file : House.sources(folder)) {
        Path description = file.resolveSibling("package-info.java");
        boolean inPackage = !file.getParent().equals(folder);
        if (inPackage
            && !(Files.exists(description)
                && Files.readString(description).contains("@NullMarked"))) {
          without.add(description.toString());
        }
      }
    }
    assertEquals(List.of(), without.stream().distinct().toList());
  }

  @Test
  void packagesFormNoCycle() {
    check(slices().matching("dev.lora4j.(**)").should().beFreeOfCycles());
  }

  @Test
  void packagesDependOnlyDownTheLayers() {
    check(classes().should(Staircase.haveAPlace()));
    check(classes().should(Staircase.lookOnlyDown()));
  }

  /** The engine stays replaceable: one package knows it, and nobody knows that package. */
  @Test
  void onePackageKnowsTheEngine() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("dev.lora4j.core.tensor.djl..")
            .should()
            .dependOnClassesThat(
                resideInAPackage("ai.djl.pytorch..")
                    .or(resideInAPackage("dev.lora4j.core.tensor.djl.."))));
  }

  /** The HTTP engine of the server stays replaceable: classes that are called after it know it. */
  @Test
  void httpEngineIsKnownByItsAdaptersAlone() {
    check(
        noClasses()
            .that()
            .haveNameNotMatching("dev\\.lora4j\\.server\\.http\\.Jetty.*")
            .should()
            .dependOnClassesThat(resideInAPackage("org.eclipse.jetty..")));
  }

  @Test
  void terminalIsUsedByTheCommandLineOnly() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("dev.lora4j.cli..")
            .and()
            // Programs of their own, not parts of the library: a maintainer's, and those that
            // the commands bench and studio start.
            .doNotHaveFullyQualifiedName("dev.lora4j.emoji.MakeEmojiSd")
            .and()
            .doNotHaveFullyQualifiedName("dev.lora4j.studio.job.JobMain")
            .and()
            .doNotHaveFullyQualifiedName("dev.lora4j.bench.JavaPeer")
            .and()
            .doNotHaveFullyQualifiedName("dev.lora4j.bench.denoiser.FirstStep")
            .and()
            .doNotHaveFullyQualifiedName("dev.lora4j.bench.families.FirstToken")
            .and()
            // It sees whether a command prints past its console.
            .doNotHaveFullyQualifiedName("dev.lora4j.testkit.command.CommandRun")
            .should(ACCESS_STANDARD_STREAMS)
            .orShould()
            .callMethod(System.class, "exit", int.class));
  }

  @Test
  void genericExceptionsAreNotThrown() {
    check(noClasses().should(THROW_GENERIC_EXCEPTIONS));
  }

  /** Such names say where code was left over, not what it does. A base model has a BaseFamily. */
  @Test
  void classNamesAvoidMeaninglessWords() {
    check(noClasses().should().haveNameMatching(".*[.$]\\w*(Utils?|Helpers?|Manager|Impl|Base)"));
    check(
        noClasses()
            .that()
            .haveModifier(JavaModifier.ABSTRACT)
            .should()
            .haveNameMatching(".*[.$](Base(?!Family)|Abstract)[A-Z]\\w*"));
  }

  @Test
  void filesStayReadable() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path file : House.sources("src")) {
      try (var lines = Files.lines(file)) {
        long count = lines.count();
        if (count > LONGEST_FILE) {
          tooLong.add(file + " has " + count + " lines");
        }
      }
    }
    assertEquals(List.of(), tooLong, "no file is longer than " + LONGEST_FILE + " lines");
  }

  /** A rule about a package that is not written yet holds. */
  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(House.CLASSES);
  }
}
