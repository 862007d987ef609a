import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.protocol.HdfsConstants.DatanodeReportType;
import org.apache.hadoop.hdfs.server.datanode.DataNode;
import org.apache.hadoop.hdfs.server.namenode.NameNode;
import org.apache.hadoop.metrics2.lib.DefaultMetricsSystem;

/** HDFS on loopback: a NameNode and a DataNode in this process, with their files under one folder. */
final class Hdfs {
    static final String WAREHOUSE = "/warehouse";

    private Hdfs() {}

    /** Returns when files can be written; the configuration is what a client needs. */
    static Configuration start(Path directory, int port) throws Exception {
        var conf = new HdfsConfiguration();
        conf.set("fs.defaultFS", "hdfs://127.0.0.1:" + port);
        conf.set("dfs.namenode.name.dir", directory.resolve("name").toUri().toString());
        conf.set("dfs.datanode.data.dir", directory.resolve("blocks").toUri().toString());
        conf.set("dfs.namenode.http-address", "127.0.0.1:0");
        for (var name : new String[] {"address", "ipc.address", "http.address"}) {
            conf.set("dfs.datanode." + name, "127.0.0.1:0");
        }
        conf.set("dfs.datanode.hostname", "127.0.0.1");
        conf.setBoolean("dfs.namenode.datanode.registration.ip-hostname-check", false);
        conf.setInt("dfs.namenode.safemode.extension", 0);
        conf.setInt("dfs.replication", 1);
        // No groups, so that nobody but the account of this process is a superuser.
        conf.set("hadoop.security.group.mapping", "org.apache.hadoop.security.NullGroupsMapping");
        DefaultMetricsSystem.setMiniClusterMode(true); // formatting counts as a first NameNode in this process
        if (!Files.exists(directory.resolve("name"))) {
            NameNode.format(conf);
        }
        NameNode.createNameNode(new String[0], conf);
        DataNode.createDataNode(new String[0], conf);
        var files = (DistributedFileSystem) FileSystem.get(conf);
        while (files.getDataNodeStats(DatanodeReportType.LIVE).length == 0) {
            Thread.sleep(50);
        }
        makeFolder(files, WAREHOUSE);
        makeFolder(files, "/tmp");
        return conf;
    }

    /** Threads of HDFS would keep a process alive whose start failed. */
    static void exitOnFailure() {
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            failure.printStackTrace();
            System.exit(1);
        });
    }

    private static void makeFolder(FileSystem files, String name) throws IOException {
        var path = new org.apache.hadoop.fs.Path(name);
        files.mkdirs(path);
        files.setPermission(path, new FsPermission((short) 01777));
    }
}
