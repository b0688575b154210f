package dev.lora4j.spark.command;

import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The program {@code lora4j} with libraries of its own, beside a Spark that brings older ones of
 * the same names: Spark 3.5. The launcher and spark-submit start it with the jars of Spark first on
 * the class path, and say where those of the program are.
 */
public final class SeparateProgram {
  /** By name, as this class's own loader does not see it. */
  private static final String PROGRAM = "dev.lora4j.cli.Main";

  private static final String LOGGING = "log4j2.configurationFile";

  private SeparateProgram() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) throws Throwable {
    // For Spark's logging system there is the one that it brings.
    System.clearProperty("slf4j.provider");
    if (System.getProperty(LOGGING) == null) {
      System.setProperty(LOGGING, "classpath:dev/lora4j/spark/command/warnings.properties");
    }
    ClassLoader loader = new OwnFirst(jars(), SeparateProgram.class.getClassLoader());
    Thread.currentThread().setContextClassLoader(loader);
    Class<?> program = loader.loadClass(PROGRAM);
    try {
      program.getMethod("main", String[].class).invoke(null, (Object) arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private static List<URL> jars() throws MalformedURLException {
    List<URL> jars = new ArrayList<>();
    for (Path jar : ProgramJars.all()) {
      jars.add(jar.toUri().toURL());
    }
    return jars;
  }
}
