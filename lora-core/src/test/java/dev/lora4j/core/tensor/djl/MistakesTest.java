package dev.lora4j.core.tensor.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.tensor.Device;
import dev.lora4j.core.tensor.runtime.EngineObstacle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Each row of the table in docs/cuda.md: the mistake, what is said about it, and what to do. */
class MistakesTest {
  private static final Path DOCUMENT = Path.of("../docs/cuda.md");

  @TempDir private Path folder;

  /** A mistake as the table names it, and what was made of it. */
  private record Mistake(String name, EngineObstacle told) {}

  private record Row(String name, String found, String remedy) {}

  private final List<Mistake> mistakes = new ArrayList<>();

  private void mistake(String name, FakeSurroundings at) {
    mistake(name, at, Device.CPU);
  }

  private void mistake(String name, FakeSurroundings at, Device device) {
    EngineObstacle told = Libtorch.obstacle(at.make(), device).orElseThrow();
    mistakes.add(new Mistake(name, told));
  }

  private FakeSurroundings machine() {
    return new FakeSurroundings();
  }

  /** A folder of its own for each, with the same name in the table. */
  private FakeLibtorch libtorch() {
    return FakeLibtorch.in(folder.resolve("libtorch-" + mistakes.size()));
  }

  @TestFactory
  Stream<DynamicTest> mistakesAreReportedAsInTheTable() throws IOException {
    classPath();
    folders();
    settings();
    cards();
    List<Row> rows = rows();
    return Stream.concat(
        Stream.of(
            DynamicTest.dynamicTest(
                "no row without a mistake",
                () ->
                    assertEquals(
                        mistakes.stream().map(Mistake::name).toList(),
                        rows.stream().map(Row::name).toList()))),
        IntStream.range(0, Math.min(rows.size(), mistakes.size()))
            .mapToObj(
                i ->
                    DynamicTest.dynamicTest(
                        mistakes.get(i).name(),
                        () -> assertEquals(rows.get(i), row(mistakes.get(i))))));
  }

  private void classPath() {
    mistake("the Java binding is missing", machine().binding(""));
    mistake("binding and engine do not fit", machine().engine("0.33.0"));
    mistake("a pair that was never tested", machine().engine("0.31.0").binding("2.4.0-0.31.0"));
    mistake("no libtorch", machine().bundled());
    mistake(
        "built on one system for another",
        machine().bundled(FakeSurroundings.bundled("2.7.1", "cpu", "osx-aarch64")));
    mistake(
        "libtorch and binding do not fit",
        machine().bundled(FakeSurroundings.bundled("2.5.1", "cpu", "linux-x86_64")));
  }

  private void folders() {
    mistake("no such folder", machine().set("PYTORCH_LIBRARY_PATH", folder.resolve("nowhere/lib")));
    mistake("a folder without libtorch", machine().set("PYTORCH_LIBRARY_PATH", folder));
    mistake(
        "the folder above",
        machine().set("PYTORCH_LIBRARY_PATH", libtorch().folder().resolveSibling("")));
    mistake("a foreign version", machine().folder(libtorch().noted("2.6.0+cpu"), "cpu"));
    mistake(
        "the version of another build",
        machine().folder(libtorch().noted("2.5.1+cu124").forCards(), "cu124"));
    mistake("a version that cannot be told", machine().folder(libtorch(), "cpu"));
    mistake(
        "a CUDA without a binding",
        machine().folder(libtorch().noted("2.7.1+cu126").forCards(), "cu126"));
    mistake("the old C++ ABI", machine().folder(libtorch().noted("2.7.1+cpu").ofOldAbi(), "cpu"));
    mistake(
        "a binding left in the folder",
        machine().folder(libtorch().noted("2.7.1+cpu").library("djl_torch", ""), "cpu"));
  }

  private void settings() {
    mistake(
        "the flavor is not set",
        machine().set("PYTORCH_LIBRARY_PATH", libtorch().noted("2.7.1+cu128").forCards().folder()));
    mistake(
        "the flavor is another",
        machine().folder(libtorch().noted("2.7.1+cu128").forCards(), "cpu"));
    mistake(
        "the flavor lacks the ABI",
        machine()
            .ofCudaBuild()
            .folder(libtorch().noted("2.5.1+cu124").forCards().ofOldAbi(), "cu124"));
    mistake(
        "the version set is another",
        machine().folder(libtorch().noted("2.7.1+cpu"), "cpu").set("PYTORCH_VERSION", "2.6.0"));
    mistake("a version without a folder", machine().set("PYTORCH_VERSION", "2.5.1"));
    mistake("a flavor without a folder", machine().set("PYTORCH_FLAVOR", "cu128"));
  }

  private void cards() {
    Device first = Device.cuda(0);
    mistake("a card with the default build", machine().driver(12080, 86), first);
    mistake("no driver", machine().ofCudaBuild(), first);
    mistake("an old driver", machine().ofCudaBuild().driver(11040, 75), first);
    mistake(
        "a driver that does not start",
        machine().ofCudaBuild().driver(new NvidiaDriver(12040, 803, List.of())),
        first);
    mistake("a driver without a card", machine().ofCudaBuild().driver(12040), first);
    mistake("a card that is not there", machine().ofCudaBuild().driver(12040, 86), Device.cuda(1));
    mistake("a card that is too new", machine().ofCudaBuild().driver(12080, 120), first);
  }

  /** What was told, with one name for all folders and the names of Linux. */
  private Row row(Mistake mistake) {
    return new Row(
        mistake.name(), general(mistake.told().found()), general(mistake.told().remedy()));
  }

  private String general(String text) {
    return text.replaceAll("\\Q" + folder + "\\E[/\\\\](libtorch-\\d+|nowhere)", "FOLDER")
        .replace(folder.toString(), "FOLDER")
        .replace(System.mapLibraryName("torch"), "libtorch.so")
        .replace(System.mapLibraryName("djl_torch"), "libdjl_torch.so")
        .replace(NvidiaDriver.library(), "libcuda.so.1");
  }

  private static List<Row> rows() throws IOException {
    List<String> lines = Files.readAllLines(DOCUMENT);
    return lines.subList(lines.indexOf("## Mistakes"), lines.size()).stream()
        .filter(l -> l.startsWith("| ") && !l.startsWith("| mistake"))
        .map(l -> Arrays.stream(l.split("\\|")).map(String::strip).toList())
        .map(cells -> new Row(cells.get(1), cells.get(2), cells.get(3)))
        .toList();
  }
}
