/// The shell script that owns the cluster and ends with the process that started it.
///
/// It reads one command per line from standard input, and answers each with one line, `ok …` or `failed …`. Standard input
/// is a pipe from the process that uses the cluster. However that process ends, the kernel closes the pipe; the shell
/// then stops the server, removes the folder, and ends.
enum SupervisorScript {
    /// The script. Its arguments are the programs' folder, the parent folder of the cluster, and the settings.
    static let text = """
        set -u
        umask 077
        bin=$1 parent=$2 settings=$3 folder=

        end() {
            trap '' HUP INT TERM
            [ -n "$folder" ] || return 0
            [ ! -f "$folder/data/postmaster.pid" ] || server stop -m immediate
            cd /
            rm -rf "$folder"
        }
        trap end EXIT
        trap 'exit 1' HUP INT TERM
        # Writing to an owner that has ended must fail, not kill the shell: the server has to be stopped.
        trap '' PIPE

        quietly() {
            "$@" </dev/null >>"$folder/log" 2>&1
        }
        server() {
            quietly "$bin/pg_ctl" "$@" -w -t 60 -D "$folder/data" -l "$folder/log"
        }
        answer() {
            if [ "$1" -eq 0 ]; then
                echo "ok $2"
            else
                echo "failed $(tail -n 6 "$folder/log" 2>/dev/null | tr '\\n' ' ')"
            fi || exit 1
        }
        start() {
            folder=$(mktemp -d "$parent/dsr-pg-XXXXXXXX") || return 1
            cd "$folder"
            quietly "$bin/initdb" -D data -U postgres -A trust -E UTF8 --locale=C --no-sync || return 1
            printf "%s\\nunix_socket_directories = '%s'\\n" "$settings" "$folder" >>data/postgresql.conf
            server start
        }

        while read -r command argument; do
            case $command in
            start) start; answer $? "$folder" ;;
            restart) server restart -m "$argument"; answer $? "" ;;
            create) quietly "$bin/createdb" -h "$folder" -p 5432 -U postgres "$argument"; answer $? "" ;;
            esac
        done
        """
}
