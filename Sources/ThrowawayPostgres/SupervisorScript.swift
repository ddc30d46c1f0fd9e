/// The program that owns the cluster: a shell that outlives nobody.
///
/// It takes one command a line on standard input and answers each with one line, `ok …` or `failed …`. Standard input
/// is a pipe held by the process that wants the cluster: whatever way that process ends, the kernel closes the pipe,
/// the shell reads the end of it, stops the server, removes the folder, and is gone.
enum SupervisorScript {
    /// Arguments: the programs' folder, the folder to put the cluster in, the settings.
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
        # Answering an owner that is gone must fail, not kill: there is a server to stop.
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
