package dev.lora4j.spark.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;

/**
 * Spark 3.5 as its release has it, and beside it the launcher with a build of the classes of this
 * test.
 */
record OlderSpark(Path folder) {
  /** Of the Spark that this project is compiled with: no build of the launcher has them. */
  private static final List<String> PROVIDED = List.of("spark-", "scala-", "hadoop-");

  private static final Path JAVA = Path.of(System.getProperty("java.home"));

  /** What a command left: its exit code and what it said. */
  record Done(int code, String out, String err) {}

  static OlderSpark in(Path folder) throws IOException {
    Path jars = Files.createDirectories(folder.resolve("spark/jars"));
    for (Path jar : paths(Files.readString(Path.of("target/spark-3.5-classpath")))) {
      Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar);
    }
    Files.copy(Path.of("../../lora4j"), folder.resolve("lora4j"));
    Path options = Files.createDirectories(folder.resolve("plugins/cli/launcher"));
    for (File one : Path.of("../cli/launcher").toFile().listFiles()) {
      Files.copy(one.toPath(), options.resolve(one.getName()));
    }
    Path build = Files.createDirectories(folder.resolve("target/launcher-spark/build"));
    Files.writeString(build.resolveSibling("current"), "build\n");
    Files.writeString(build.resolve("spark"), "");
    List<String> classPath = new ArrayList<>();
    for (Path entry : paths(System.getProperty("java.class.path"))) {
      if (Files.isDirectory(entry)) {
        classPath.add("./" + jarOf(entry, build).getFileName());
      } else if (PROVIDED.stream().noneMatch(entry.getFileName().toString()::startsWith)) {
        classPath.add(entry.toString());
      }
    }
    Files.writeString(build.resolve("classpath"), String.join(":", classPath));
    return new OlderSpark(folder);
  }

  private static List<Path> paths(String classPath) {
    return List.of(classPath.strip().split(File.pathSeparator, -1)).stream()
        .map(entry -> Path.of(entry).toAbsolutePath())
        .filter(entry -> entry.endsWith("target/classes") || entry.toString().endsWith(".jar"))
        .filter(Files::exists)
        .toList();
  }

  private static Path jarOf(Path classes, Path build) {
    String module = classes.getParent().getParent().getFileName().toString();
    Path jar = build.resolve("lora4j-" + module + "-classes.jar");
    PrintStream said = new PrintStream(System.err, true, UTF_8);
    int code =
        ToolProvider.findFirst("jar")
            .orElseThrow()
            .run(said, said, "-c", "-0", "-f", jar.toString(), "-C", classes.toString(), ".");
    if (code != 0) {
      throw new IllegalStateException("No jar could be made of " + classes);
    }
    return jar;
  }

  /** Runs a command of {@code spark} by the launcher. */
  Done run(List<String> words) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("sh", folder.resolve("lora4j").toString(), "spark"));
    all.addAll(words);
    for (String name : List.of("spark.driver.bindAddress", "spark.driver.host")) {
      all.addAll(List.of("--conf", name + "=127.0.0.1"));
    }
    return done(all);
  }

  /** Runs a command of {@code spark} as {@code spark-submit} does, with a class of these jars. */
  Done submit(String program, List<String> words) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(JAVA.resolve("bin/java").toString()));
    Files.readAllLines(Path.of("../cli/launcher/spark.options")).stream()
        .filter(line -> line.startsWith("--add-opens"))
        .forEach(all::add);
    all.addAll(List.of("-cp", folder.resolve("spark/jars/*").toString()));
    all.addAll(List.of("org.apache.spark.deploy.SparkSubmit", "--master", "local[2]"));
    Path build = folder.resolve("target/launcher-spark/build");
    String jars = Files.readString(build.resolve("classpath"));
    all.addAll(
        List.of("--jars", jars.replace("./", build + "/").replace(':', ','), "--class", program));
    all.addAll(List.of(build.resolve("lora4j-spark-classes.jar").toString(), "spark"));
    all.addAll(words);
    return done(all);
  }

  private Done done(List<String> command) throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "said", ".out");
    Path err = Files.createTempFile(folder, "said", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    Map<String, String> environment = builder.environment();
    environment.remove("CLASSPATH");
    environment.put("SPARK_HOME", folder.resolve("spark").toString());
    environment.put("SPARK_SCALA_VERSION", "2.12");
    environment.put("LORA4J_BUILD", "no");
    environment.put("JAVA_HOME", JAVA.toString());
    environment.put("LORA4J_JAVA_OPTS", "-Dai.djl.offline=true");
    int code = builder.start().waitFor();
    return new Done(code, Files.readString(out), Files.readString(err));
  }
}
