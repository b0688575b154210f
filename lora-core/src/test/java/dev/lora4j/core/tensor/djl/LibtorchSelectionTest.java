package dev.lora4j.core.tensor.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.Device;
import dev.lora4j.core.tensor.Engine;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is taken where nothing is wrong; what is refused is in {@link MistakesTest}. */
class LibtorchSelectionTest {
  @TempDir private Path folder;

  private static FakeSurroundings machine() {
    return new FakeSurroundings();
  }

  private static String chosen(FakeSurroundings at) {
    return LibtorchSelection.choose(at.make()).toString();
  }

  private FakeLibtorch libtorch() {
    return FakeLibtorch.in(folder);
  }

  @Test
  void bundledCudaBuildIsTakenForUsableCards() {
    assertEquals("libtorch 2.7.1 cpu", chosen(machine().driver(12080, 90)));
    assertEquals("libtorch 2.5.1 cu124", chosen(machine().ofCudaBuild().driver(12020, 90)));
    assertEquals("libtorch 2.5.1 cu124", chosen(machine().ofCudaBuild().driver(12020, 89)));
    assertEquals("libtorch 2.5.1 cpu", chosen(machine().ofCudaBuild()));
    assertEquals("libtorch 2.5.1 cpu", chosen(machine().ofCudaBuild().driver(11080, 90)));
    assertEquals("libtorch 2.5.1 cpu", chosen(machine().ofCudaBuild().driver(12020)));
    assertEquals("libtorch 2.5.1 cpu", chosen(machine().ofCudaBuild().driver(12080, 120)));
  }

  @Test
  void cpuFlavorOverridesACudaBuild() {
    FakeSurroundings at = machine().ofCudaBuild().driver(12040, 86).set("PYTORCH_FLAVOR", "cpu");
    assertEquals("libtorch 2.5.1 cpu", chosen(at));
    Optional<String> told = Libtorch.obstacle(at.make(), Device.cuda(0)).map(o -> o.found());
    assertEquals(Optional.of("libtorch 2.5.1 cpu computes on the CPU only"), told);
  }

  @Test
  void theFirstCardThatFitsIsTaken() {
    LibtorchEnvironment at = machine().ofCudaBuild().driver(12080, 35, 120, 86, 90).make();
    LibtorchChoice choice = LibtorchSelection.choose(at);
    assertEquals(Optional.of(Device.cuda(2)), CardCheck.firstUsable(choice, at.driver().get()));
    assertTrue(Libtorch.obstacle(at, Device.cuda(3)).isEmpty());
    assertFalse(Libtorch.obstacle(at, Device.cuda(0)).isEmpty());
  }

  @Test
  void folderVersionIsReadInSeveralWays() throws IOException {
    FakeLibtorch archive = FakeLibtorch.in(folder.resolve("a")).noted("2.7.1+cu128").forCards();
    assertEquals(
        "libtorch 2.7.1 cu128", chosen(machine().driver(12080, 86).folder(archive, "cu128")));

    FakeLibtorch python = FakeLibtorch.in(folder.resolve("b")).forCards();
    python.file(
        python.folder().resolveSibling("version.py"),
        "from typing import Optional\n__version__ = '2.7.1+cu128'\ndebug = False\n");
    assertEquals(
        "libtorch 2.7.1 cu128", chosen(machine().driver(12080, 86).folder(python, "cu128")));

    FakeLibtorch plain = FakeLibtorch.in(folder.resolve("c"));
    plain.library("torch_cpu", "x".repeat(1000) + "\0002.7.1\000and more");
    assertEquals("libtorch 2.7.1 cpu", chosen(machine().folder(plain, "cpu")));

    Path unpacked = folder.resolve("2.7.1-20250812-cpu-linux-x86_64");
    Files.move(FakeLibtorch.in(folder.resolve("d")).folder(), unpacked);
    assertEquals(
        "libtorch 2.7.1 cpu",
        chosen(machine().set("PYTORCH_LIBRARY_PATH", unpacked).set("PYTORCH_FLAVOR", "cpu")));
  }

  @Test
  void firstFolderWithLibtorchIsTaken() {
    FakeLibtorch libtorch = libtorch().noted("2.7.1+cpu");
    String nowhere = folder.resolve("nowhere").toString();
    FakeSurroundings at = machine().folder(libtorch, "cpu");
    at.set("PYTORCH_LIBRARY_PATH", nowhere + File.pathSeparator + libtorch.folder());
    assertEquals("libtorch 2.7.1 cpu", chosen(at));
    at.set("PYTORCH_LIBRARY_PATH", libtorch.folder().resolve(System.mapLibraryName("torch")));
    assertEquals(Optional.of(libtorch.folder()), LibtorchSelection.choose(at.make()).folder());
  }

  @Test
  void oldAbiFitsWhereABindingExists() {
    FakeLibtorch python = libtorch().noted("2.5.1+cu124").forCards().ofOldAbi();
    FakeSurroundings at = machine().ofCudaBuild().driver(12040, 75);
    assertEquals("libtorch 2.5.1 cu124-precxx11", chosen(at.folder(python, "cu124-precxx11")));
  }

  /** The checks read a real libtorch right, whatever its folder is called. */
  @Test
  void theLibtorchOfThisBuildIsRecognised() throws IOException {
    LibtorchEnvironment here = LibtorchEnvironment.ofThisProcess();
    String wanted = here.binding().replaceFirst("-.*", "");
    try (Engine engine = Engine.open()) {
      assertEquals("libtorch " + wanted, engine.version());
      assertEquals(Device.CPU, engine.device());
      LibtorchFolder named = LibtorchFolder.read(engine.nativeFolder());
      assertEquals(Optional.of(wanted), named.version());
      Path link = Files.createSymbolicLink(folder.resolve("lib"), engine.nativeFolder());
      LibtorchFolder nameless = LibtorchFolder.read(link);
      assertEquals(Optional.of(wanted), nameless.version());
      SupportedLibtorch supported = SupportedLibtorch.of(wanted).orElseThrow();
      assertEquals(named.flavor(), nameless.flavorFor(supported));
      assertFalse(named.oldAbi());
      Files.delete(link);
    }
  }

  /** What is written down about the versions is what their jars have. */
  @Test
  void supportedFlavorsAreThoseOfTheBinding() {
    LibtorchEnvironment here = LibtorchEnvironment.ofThisProcess();
    SupportedLibtorch supported =
        SupportedLibtorch.of(here.binding().replaceFirst("-.*", "")).orElseThrow();
    assertEquals(supported.binding(), here.binding());
    assertEquals(supported.engine(), here.engine());
    if (here.classifier().equals("linux-x86_64")) {
      for (String cuda : new String[] {"cpu", "cu118", "cu121", "cu124", "cu126", "cu128"}) {
        for (String flavor : new String[] {cuda, cuda + "-precxx11"}) {
          assertEquals(supported.flavors().contains(flavor), here.bound().test(flavor), flavor);
        }
      }
    }
  }
}
